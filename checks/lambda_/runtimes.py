"""When AWS ends the support of a runtime.

From "Lambda runtimes" in the Lambda Developer Guide, its tables of supported and of deprecated runtimes, column
"Deprecation date", as they stood on the date below. The dates of supported runtimes agree with public copies of that page
of July 2026; it was not read itself. AWS moves dates that are still to come, mostly to later ones; renew the table with
each release. A runtime that is not in it is unknown, and so is one whose date came after the table.
"""

from datetime import date

AS_OF = date(2026, 8, 15)

DEPRECATED: dict[str, date] = {
    "dotnet10": date(2028, 11, 14),
    "dotnet8": date(2026, 11, 10),
    "dotnet6": date(2024, 12, 20),
    "dotnetcore3.1": date(2023, 4, 3),
    "dotnetcore2.1": date(2022, 1, 5),
    "dotnetcore2.0": date(2019, 5, 30),
    "dotnetcore1.0": date(2019, 6, 27),
    "go1.x": date(2024, 1, 8),
    "java25": date(2029, 6, 30),
    "java21": date(2029, 6, 30),
    "java17.al2023": date(2029, 6, 30),
    "java11.al2023": date(2029, 6, 30),
    "java8.al2023": date(2029, 6, 30),
    "java17": date(2027, 6, 30),
    "java11": date(2027, 6, 30),
    "java8.al2": date(2027, 6, 30),
    "java8": date(2024, 1, 8),
    "nodejs24.x": date(2028, 4, 30),
    "nodejs22.x": date(2027, 4, 30),
    "nodejs20.x": date(2026, 4, 30),
    "nodejs18.x": date(2025, 9, 1),
    "nodejs16.x": date(2024, 6, 12),
    "nodejs14.x": date(2023, 12, 4),
    "nodejs12.x": date(2023, 3, 31),
    "nodejs10.x": date(2021, 7, 30),
    "nodejs8.10": date(2020, 3, 6),
    "nodejs6.10": date(2019, 8, 12),
    "nodejs4.3": date(2020, 3, 5),
    "nodejs4.3-edge": date(2020, 3, 5),
    "nodejs": date(2016, 8, 30),
    "provided.al2023": date(2029, 6, 30),
    "provided.al2": date(2026, 7, 31),
    "provided": date(2024, 1, 8),
    "python3.14": date(2029, 6, 30),
    "python3.13": date(2029, 6, 30),
    "python3.12": date(2028, 10, 31),
    "python3.11": date(2027, 6, 30),
    "python3.10": date(2026, 10, 31),
    "python3.9": date(2025, 12, 15),
    "python3.8": date(2024, 10, 14),
    "python3.7": date(2023, 12, 4),
    "python3.6": date(2022, 7, 18),
    "python2.7": date(2021, 7, 15),
    "ruby4.0": date(2029, 3, 31),
    "ruby3.4": date(2028, 3, 31),
    "ruby3.3": date(2027, 3, 31),
    "ruby3.2": date(2026, 3, 31),
    "ruby2.7": date(2023, 12, 7),
    "ruby2.5": date(2021, 7, 30),
}

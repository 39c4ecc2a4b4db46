"""Glue: the data catalog, jobs and connections."""

from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check


class Database(
    Evidence,
    read=Read("glue:GetDatabases", "DatabaseList", arn="arn:{partition}:glue:{region}:{account}:database/{name}"),
):
    name: str


class AtRest(Part):
    catalog_encryption_mode: str


class PasswordEncryption(Part):
    return_connection_password_encrypted: bool


class CatalogSettings(
    Evidence,
    # Asked once for the region, and only where its catalog has a database.
    read=Read("glue:GetDataCatalogEncryptionSettings", "DataCatalogEncryptionSettings", per=Database),
):
    encryption_at_rest: AtRest | None = None


class Properties(Part):
    """Of a connection's properties only this one is kept; the others hold user names."""

    JDBC_ENFORCE_SSL: str | None = None  # AWS names it so


class Connection(
    Evidence,
    read=Read(
        "glue:GetConnections",
        "ConnectionList",
        arn="arn:{partition}:glue:{region}:{account}:connection/{name}",
        fixed={"HidePassword": True},
    ),
):
    name: str
    connection_type: str = ""
    connection_properties: Properties = Properties()


class ConnectionSettings(
    Evidence, read=Read("glue:GetDataCatalogEncryptionSettings", "DataCatalogEncryptionSettings", per=Connection)
):
    connection_password_encryption: PasswordEncryption | None = None


class Job(Evidence, read=Read("glue:GetJobs", "Jobs", arn="arn:{partition}:glue:{region}:{account}:job/{name}")):
    name: str
    security_configuration: str | None = None


class S3Encryption(Part):
    s3_encryption_mode: str = "DISABLED"


class LogEncryption(Part):
    cloud_watch_encryption_mode: str = "DISABLED"


class BookmarkEncryption(Part):
    job_bookmarks_encryption_mode: str = "DISABLED"


class Encryption(Part):
    s3_encryption: tuple[S3Encryption, ...] = ()
    cloud_watch_encryption: LogEncryption | None = None
    job_bookmarks_encryption: BookmarkEncryption | None = None

    @property
    def off(self) -> tuple[str, ...]:
        """What is not encrypted."""
        logs = self.cloud_watch_encryption or LogEncryption()
        bookmarks = self.job_bookmarks_encryption or BookmarkEncryption()
        on = {
            "data in S3": bool(self.s3_encryption)
            and all(one.s3_encryption_mode != "DISABLED" for one in self.s3_encryption),
            "logs": logs.cloud_watch_encryption_mode != "DISABLED",
            "bookmarks": bookmarks.job_bookmarks_encryption_mode != "DISABLED",
        }
        return tuple(what for what, so in on.items() if not so)


class SecurityConfiguration(
    Evidence,
    # Asked once for the region, and only where it has a job.
    read=Read("glue:GetSecurityConfigurations", "SecurityConfigurations", per=Job),
):
    name: str
    encryption_configuration: Encryption


@check(effort="low")
def the_catalog_is_encrypted(databases: list[Database], settings: list[CatalogSettings]) -> Verdict:
    """The data catalog is encrypted under a KMS key.

    Why: names of tables, columns and partitions tell what there is to take.
    Fix: aws glue put-data-catalog-encryption-settings … CatalogEncryptionMode=SSE-KMS
    """
    if not databases:
        return NotApplicable("the catalog has no databases")
    modes = {
        one.encryption_at_rest.catalog_encryption_mode if one.encryption_at_rest else "DISABLED" for one in settings
    }
    off = not modes or "DISABLED" in modes
    return Fails("the mode is DISABLED") if off else Holds(f"the mode is {', '.join(sorted(modes))}")


@check(effort="low")
def connection_passwords_are_encrypted(connection: Connection, settings: ConnectionSettings) -> Verdict:
    """Passwords of connections are encrypted, and handed out encrypted.

    Why: else whoever may list connections reads the passwords of databases.
    Fix: aws glue put-data-catalog-encryption-settings … ReturnConnectionPasswordEncrypted=true
    """
    if connection.connection_type == "NETWORK":
        return NotApplicable("a network connection has no password")
    told = settings.connection_password_encryption
    on = told is not None and told.return_connection_password_encrypted
    return Holds("passwords stay encrypted") if on else Fails("passwords are handed out in the open")


@check(effort="low")
def connections_require_tls(connection: Connection) -> Verdict:
    """JDBC connections to databases insist on TLS.

    Why: a job that falls back to plain text sends the password and whole tables in the open.
    Fix: aws glue update-connection --name NAME … JDBC_ENFORCE_SSL=true
    """
    if not connection.connection_type:
        return CannotTell("the connection's type is not told")
    if connection.connection_type != "JDBC":
        return NotApplicable(f"a connection of type {connection.connection_type}")
    told = connection.connection_properties.JDBC_ENFORCE_SSL or "not set"
    return Holds("JDBC_ENFORCE_SSL is true") if told.lower() == "true" else Fails(f"JDBC_ENFORCE_SSL is {told}")


@check(effort="low")
def jobs_encrypt_what_they_write(job: Job, configurations: list[SecurityConfiguration]) -> Verdict:
    """Jobs have a security configuration that encrypts data, logs and bookmarks.

    Why: a job leaves copies of the data in temporary folders and logs.
    Fix: aws glue create-security-configuration …, then update-job with its name
    """
    if job.security_configuration is None:
        return Fails("no security configuration is set")
    known = {one.name: one.encryption_configuration for one in configurations}
    if job.security_configuration not in known:
        return Fails(f"the security configuration {job.security_configuration} does not exist")
    off = known[job.security_configuration].off
    return Fails(f"not encrypted: {', '.join(off)}") if off else Holds(f"by {job.security_configuration}")

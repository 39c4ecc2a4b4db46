// The findings table: rows from the gzipped island, filters, and what each finding rests on.

async function unpacked() {
  const bytes = Uint8Array.from(atob(document.getElementById("island").textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

function element(name, text, parent, kind) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (kind) made.className = kind;
  if (parent) parent.append(made);
  return made;
}

function pair(list, name, value, tag = "bdi") {
  if (value === undefined || value === "") return;
  element("dt", name, list);
  return element(tag, value, element("dd", undefined, list));
}

// A finding's id, as scanner/judge/finding.py makes it. Browsers do without digests on pages that came over plain HTTP.
async function identity(parts) {
  if (!crypto.subtle) return `of ${parts[0]}`;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(parts)));
  return [...new Uint8Array(digest)].slice(0, 8).map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Readings stand in full where they are first cited, and as numbers afterwards.
function collected(rows) {
  const readings = [];
  for (const row of rows) {
    row[7].forEach((reading, place) => {
      if (typeof reading === "number") return;
      readings.push(reading);
      row[7][place] = readings.length - 1;
    });
  }
  return readings;
}

// What a finding rests on, made of text nodes only: a resource's name can be anything.
function detail(data, number) {
  const { rows, readings, words, checks } = data;
  const [, check, account, region, resource, , settings, cited] = rows[number];
  const box = document.createElement("div");
  const [title, why, fix, effort] = checks[check] ?? ["", "", "", ""];
  element("p", title, box);
  const list = element("dl", undefined, box);
  pair(list, "Resource", resource);
  const id = pair(list, "Finding", "…", "code");
  identity([check, account, region].map((word) => words[word]).concat(resource)).then((digest) => { id.textContent = digest; });
  pair(list, "Settings", words[settings]);
  pair(list, "Why", why);
  pair(list, "Fix", fix && `${fix} (effort ${effort})`);
  for (const place of cited) {
    const [digest, api, owner, area, request, outcome, at, answer] = readings[place];
    const asked = element("dl", undefined, box);
    pair(asked, "Asked", `${words[api]} ${request}`, "code");
    pair(asked, "Answered", `${words[outcome]}, ${words[owner]} ${words[area]}, ${words[at]}`);
    pair(asked, "Digest", `${digest}…`, "code");
    pair(asked, "Answer", answer, "pre");
  }
  if (!cited.length) element("p", "The readings are in the bundle: wafr explain tells them.", box, "small");
  return box;
}

function fill(select, values) {
  for (const value of [...new Set(values)].sort()) element("option", value, select).value = value;
}

function exactly(values) {
  const escaped = values.map((value) => value.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return `^(?:${escaped.join("|")})$`;
}

function start(data) {
  const { rows, words } = data;
  data.readings = collected(rows);
  const shown = rows.map(([verdict, check, account, region, resource, because], number) =>
    [words[verdict], words[check], resource, words[because], words[account], words[region], number]);
  const text = DataTable.render.text();
  const table = new DataTable("#table", {
    data: shown,
    columns: [
      ...["Verdict", "Check", "Resource", "Because", "Account", "Region"].map((title) => ({ title, render: text, type: "string" })),
      { visible: false, searchable: false },
    ],
    deferRender: true, autoWidth: false, orderClasses: false, order: [], pageLength: 25, lengthMenu: [25, 100, 500],
    layout: { topStart: null, topEnd: null, bottomStart: "info", bottomEnd: "paging" },
    createdRow: (row) => { row.tabIndex = 0; row.setAttribute("aria-expanded", "false"); },
  });
  const by = (id) => document.getElementById(id);
  const selects = { verdict: 0, check: 1, account: 4, region: 5 };
  for (const [name, column] of Object.entries(selects)) fill(by(`f-${name}`), shown.map((row) => row[column]));
  fill(by("f-practice"), Object.keys(data.practices));

  function toggle(row) {
    const one = table.row(row);
    if (!one.any()) return;
    const open = one.child.isShown();
    if (open) one.child.hide();
    else one.child(detail(data, one.data()[6])).show();
    row.setAttribute("aria-expanded", String(!open));
  }
  const body = document.querySelector("#table tbody");
  body.addEventListener("click", (event) => {
    if (!String(getSelection())) toggle(event.target.closest("tr[tabindex]"));
  });
  body.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      toggle(event.target.closest("tr[tabindex]"));
    }
  });

  function filter() {
    const practice = by("f-practice").value;
    for (const [name, column] of Object.entries(selects)) {
      const chosen = by(`f-${name}`).value;
      const within = name === "check" && practice ? data.practices[practice].map((number) => words[number]) : [];
      const values = chosen ? [chosen] : within;
      table.column(column).search(values.length ? exactly(values) : "", true, false, false);
    }
    table.search(by("search").value).draw();
  }
  let waiting;
  by("search").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 120); });
  by("search").addEventListener("search-now", filter);
  by("filters").addEventListener("change", filter);
  by("filters").addEventListener("submit", (event) => event.preventDefault());
  by("filters").addEventListener("reset", () => setTimeout(filter));
  document.addEventListener("click", (event) => {
    const practice = event.target.dataset?.practice;
    if (!practice) return;
    by("filters").reset();
    by("f-practice").value = practice;
    setTimeout(() => { by("f-practice").value = practice; filter(); by("findings").scrollIntoView(); by("search").focus({ preventScroll: true }); });
  });
  by("waiting").remove();
  by("filters").hidden = false;
  document.documentElement.dataset.ready = "yes";
}

const theme = document.getElementById("theme");
theme.hidden = false;
theme.addEventListener("click", () => {
  const dark = document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  document.documentElement.dataset.theme = dark === "dark" ? "light" : "dark";
});

start(await unpacked());

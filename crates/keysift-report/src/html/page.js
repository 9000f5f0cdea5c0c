"use strict";
(() => {
  const SEVERITIES = ["critical", "high", "medium", "low"];
  const CONFIDENCES = ["high", "medium", "low"];
  const PAGE_SECRETS = 50;
  const PAGE_PLACES = 100;
  const DAY = 86400000;
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const number = (value) => value.toLocaleString("en");
  const counted = (value, noun) => `${number(value)} ${noun}${value === 1 ? "" : "s"}`;

  // Text reaches the page through here alone, and never as markup.
  const make = (name, properties, ...children) => {
    const element = document.createElement(name);
    Object.assign(element, properties);
    element.append(...children);
    return element;
  };

  const secrets = new Map();
  for (const finding of data.findings) {
    if (finding.secret) {
      secrets.set(finding.secret_id, { ...finding.secret, rule: data.rules[finding.rule], places: [] });
    }
    secrets.get(finding.secret_id).places.push(finding);
  }
  const rank = (secret) => SEVERITIES.indexOf(secret.rule.severity);
  const all = [...secrets.values()].sort((a, b) => rank(a) - rank(b) || b.places.length - a.places.length);
  for (const secret of all) {
    secret.confidence = CONFIDENCES.find((level) => secret.places.some((place) => place.confidence === level));
    const facts = secret.facts.map((fact) => fact.value);
    const parts = (secret.parts || []).map((part) => part.value);
    const words = [secret.rule.name, secret.rule.id, secret.fingerprint, ...facts, ...parts, ...secret.places.map((place) => place.place)];
    secret.haystack = words.join("\n").toLowerCase();
  }

  // How old a secret is at least: by what it says, and by the commits that hold it.
  const age = (secret) => {
    const times = secret.facts
      .filter((fact) => fact.key === "created" || fact.key === "issued")
      .map((fact) => fact.value)
      .concat(secret.places.map((place) => (place.commit ? place.commit.date : "")))
      .map((text) => Date.parse(text))
      .filter((time) => Number.isFinite(time));
    return times.length ? (Date.parse(data.started) - Math.min(...times)) / DAY : null;
  };

  const svg = (name, attributes, text) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    return element;
  };

  const plot = (title, rows) => {
    const most = Math.max(1, ...rows.map((row) => row.count));
    const told = rows.map((row) => `${row.name}: ${row.count}`).join(", ");
    const height = rows.length * 26;
    const picture = svg("svg", { viewBox: `0 0 320 ${height}`, role: "img", "aria-label": `${title}. ${told}` });
    rows.forEach((row, index) => {
      const y = index * 26;
      const name = row.name.length > 17 ? `${row.name.slice(0, 16)}…` : row.name;
      const bar = row.count ? Math.max(2, (row.count / most) * 140) : 0;
      picture.append(
        svg("text", { x: 0, y: y + 17 }, name),
        svg("rect", { class: "track", x: 126, y: y + 6, width: 140, height: 14, rx: 3 }),
        svg("rect", { class: row.style || "", x: 126, y: y + 6, width: bar, height: 14, rx: 3 }),
        svg("text", { class: "count", x: 318, y: y + 17 }, number(row.count)),
      );
    });
    at("plots").append(make("figure", {}, make("figcaption", { textContent: title }), picture));
  };

  const tally = (key) => {
    const counts = new Map();
    for (const secret of all) counts.set(key(secret), (counts.get(key(secret)) || 0) + 1);
    return counts;
  };

  const plots = () => {
    const severities = tally((secret) => secret.rule.severity);
    plot("Secrets by severity", SEVERITIES.map((name) => ({ name, style: name, count: severities.get(name) || 0 })));
    const bounds = [["under a month", 31], ["under half a year", 183], ["under a year", 366], ["under 3 years", 1096], ["older", Infinity]];
    const ages = all.map(age);
    const known = ages.filter((days) => days !== null);
    if (known.length) {
      const rows = bounds.map(([name, days], index) => ({
        name,
        count: known.filter((value) => value < days && (index === 0 || value >= bounds[index - 1][1])).length,
      }));
      plot("Age, as far as it is known", [...rows, { name: "not known", count: ages.length - known.length }]);
    }
    const providers = [...tally((secret) => secret.rule.provider)].sort((a, b) => b[1] - a[1]);
    const rows = providers.slice(0, 6).map(([name, count]) => ({ name, count }));
    const rest = providers.slice(6).reduce((sum, [, count]) => sum + count, 0);
    plot("Providers", rest ? [...rows, { name: `${providers.length - 6} others`, count: rest }] : rows);
  };

  const line = (place, secret) =>
    make("span", { className: "code" }, place.before, make("mark", { textContent: secret.text }), place.after);

  const placesTable = (secret) => {
    const body = make("tbody", {});
    const more = make("button", { type: "button" });
    let shown = 0;
    const show = () => {
      for (const place of secret.places.slice(shown, shown + PAGE_PLACES)) {
        const cell = make("td", { className: "place" }, make("span", { className: "code", textContent: `${place.place}:${place.line}:${place.column}` }));
        if (place.hidden) cell.append(` hidden in ${place.hidden}`);
        if (place.commit) {
          const { id, author, email, date } = place.commit;
          cell.append(make("div", { className: "label", textContent: `${id.slice(0, 12)} ${author} <${email}> ${date || ""}` }));
        }
        if (place.standing) cell.append(make("div", { className: "label", textContent: place.standing }));
        body.append(make("tr", {}, cell, make("td", {}, line(place, secret)), make("td", { textContent: place.confidence })));
      }
      shown = Math.min(shown + PAGE_PLACES, secret.places.length);
      more.hidden = shown === secret.places.length;
      more.textContent = `Show more of ${counted(secret.places.length, "place")}`;
    };
    more.addEventListener("click", show);
    show();
    const heads = ["Place", "Line", "Confidence"].map((text) => make("th", { scope: "col", textContent: text }));
    return make("div", {}, make("table", {}, make("thead", {}, make("tr", {}, ...heads)), body), more);
  };

  const inside = (secret) => {
    const { rule } = secret;
    const box = make("div", { className: "inside" });
    box.append(make("p", { textContent: rule.description }), make("h3", { textContent: `What to do: ${rule.action} it` }), make("p", { textContent: rule.steps }));
    if (rule.link && rule.link.startsWith("https://")) {
      box.append(make("p", {}, make("a", { href: rule.link, rel: "noopener noreferrer", target: "_blank", textContent: rule.link })));
    }
    const card = make("dl", {});
    const row = (key, value) => card.append(make("dt", { textContent: key }), make("dd", { className: "code", textContent: value }));
    row("provider", rule.provider);
    row("identity", rule.kind);
    for (const fact of secret.facts) row(fact.key, fact.value);
    for (const part of secret.parts || []) row(part.name, part.value);
    row("fingerprint", secret.fingerprint);
    row("rule", rule.id);
    box.append(make("h3", { textContent: "Identity" }), make("div", { className: "card" }, card));
    box.append(make("h3", { textContent: "Places" }), placesTable(secret));
    return box;
  };

  const item = (secret) => {
    const { rule } = secret;
    const first = secret.places[0];
    const more = secret.places.length - 1;
    const where = `${first.place}:${first.line}${more ? ` and ${counted(more, "more place")}` : ""}`;
    const summary = make("summary", {},
      make("span", { className: `badge ${rule.severity}`, textContent: rule.severity }),
      make("span", { className: "name", textContent: rule.name }),
      make("code", { textContent: secret.text }),
      make("span", { className: "where", textContent: where }));
    const details = make("details", { className: "secret" }, summary);
    details.addEventListener("toggle", () => {
      if (details.open && details.childElementCount === 1) details.append(inside(secret));
    });
    return details;
  };

  let chosen = all;
  let page = 0;
  const show = () => {
    const pages = Math.max(1, Math.ceil(chosen.length / PAGE_SECRETS));
    page = Math.min(page, pages - 1);
    at("list").replaceChildren(...chosen.slice(page * PAGE_SECRETS, (page + 1) * PAGE_SECRETS).map(item));
    at("page").textContent = `Page ${number(page + 1)} of ${number(pages)}`;
    at("before").disabled = page === 0;
    at("after").disabled = page === pages - 1;
    const places = chosen.reduce((sum, secret) => sum + secret.places.length, 0);
    const of = chosen.length === all.length ? "" : `, of ${number(all.length)}`;
    at("count").textContent = `${counted(chosen.length, "secret")} in ${counted(places, "place")}${of}`;
  };
  const turn = (by) => {
    page += by;
    show();
    at("secrets").focus();
  };

  const choose = () => {
    const checked = (id) => new Set([...at(id).querySelectorAll("input:checked")].map((box) => box.value));
    const [severities, confidences] = [checked("severity"), checked("confidence")];
    const [provider, rule, text] = [at("provider").value, at("rule").value, at("text").value.trim().toLowerCase()];
    chosen = all.filter((secret) =>
      severities.has(secret.rule.severity) && confidences.has(secret.confidence) &&
      (!provider || secret.rule.provider === provider) && (!rule || secret.rule.id === rule) &&
      (!text || secret.haystack.includes(text)));
    page = 0;
    show();
  };

  const boxes = (id, names) => {
    for (const value of names) {
      at(id).append(make("label", {}, make("input", { type: "checkbox", value, defaultChecked: true }), ` ${value} `));
    }
  };
  const options = (id, values) => {
    at(id).append(make("option", { value: "", textContent: "all" }));
    for (const value of [...new Set(values)].sort()) at(id).append(make("option", { value, textContent: value }));
  };

  const coverage = () => {
    const warnings = data.notes.filter((note) => note.warning);
    if (warnings.length) {
      const list = warnings.map((note) => make("li", { textContent: note.text }));
      at("warnings").append(make("strong", { textContent: "The scan is incomplete." }), make("ul", {}, ...list));
      at("warnings").hidden = false;
    }
    for (const note of data.notes) if (!note.warning) at("coverage").append(make("li", { textContent: note.text }));
    if (!data.unscanned.length) return;
    const rows = data.unscanned.map((entry) => make("tr", {},
      make("td", { className: "code", textContent: entry.name }),
      make("td", { textContent: entry.message ? `${entry.meaning}: ${entry.message}` : entry.meaning })));
    const heads = ["Not scanned", "Why"].map((text) => make("th", { scope: "col", textContent: text }));
    const table = make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows));
    const title = `${counted(data.unscanned.length + data.unlisted, "thing")} not scanned` + (data.unlisted ? `, ${number(data.unlisted)} of them not listed` : "");
    at("unscanned").append(make("details", {}, make("summary", { textContent: title }), table));
  };

  const themes = () => {
    const root = document.documentElement;
    const isDark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
    const name = () => { at("theme").textContent = isDark() ? "Light colours" : "Dark colours"; };
    at("theme").addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      name();
    });
    at("theme").hidden = false;
    name();
  };

  boxes("severity", SEVERITIES);
  boxes("confidence", CONFIDENCES);
  options("provider", all.map((secret) => secret.rule.provider));
  options("rule", all.map((secret) => secret.rule.id));
  at("filters").addEventListener("input", choose);
  at("filters").addEventListener("reset", () => setTimeout(choose));
  at("filters").addEventListener("submit", (event) => event.preventDefault());
  at("before").addEventListener("click", () => turn(-1));
  at("after").addEventListener("click", () => turn(1));
  at("told").textContent = all.length ? `${counted(all.length, "secret")} in ${counted(data.findings.length, "place")}` : data.notes.some((note) => note.warning) ? "Nothing found in what was scanned" : "Nothing found";
  at("made").textContent = `keysift ${data.tool.version}, ${data.started}. Secrets are ${data.redacted ? "redacted" : "shown in full: keep this page to yourself"}.`;
  themes();
  if (all.length) plots();
  coverage();
  choose();
})();

// A crew's day on a phone: the next stop large, its outcome in three taps, kept here until the bank has it.
(function () {
  "use strict";

  const $ = (id) => document.getElementById(id);
  const W = JSON.parse($("words").textContent);
  let day = JSON.parse($("day").textContent);
  let chosen = null; // number of the stop on the card, null for the next open one
  let map = null, drawn = null;
  const QUEUE = "rounds-queue:" + day.api;

  // ---- small makers: text is only ever set as text
  function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === "onclick") node.addEventListener("click", value);
      else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return node;
  }
  function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", "#i-" + name);
    svg.append(use);
    svg.setAttribute("aria-hidden", "true");
    return svg;
  }
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const stored = (key, fallback) => { try { return JSON.parse(localStorage.getItem(key)) || fallback; } catch (_) { return fallback; } };
  const keep = (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch (_) { /* private mode: this page only */ } };
  let queue = stored(QUEUE, []);

  function money(minor) {
    const digits = day.money.digits;
    return day.money.sign + Math.round(minor / Math.pow(10, digits)).toLocaleString(day.money.locale);
  }
  const open = () => day.stops.find((stop) => !stop.outcome);
  const shown = () => day.stops.find((stop) => stop.number === chosen) || open() || null;

  // ---- the page
  function render() {
    const total = day.stops.length, done = day.stops.filter((stop) => stop.outcome).length;
    const paid = day.stops.reduce((sum, stop) => sum + stop.paid, 0);
    $("progress").textContent = total ? fill(W.progress, { done: done, total: total, money: money(paid) }) : "";
    $("bar").setAttribute("aria-valuenow", done);
    $("bar").firstElementChild.style.width = total ? (100 * done) / total + "%" : "0";
    $("waiting").hidden = queue.length === 0;
    $("waiting").textContent = queue.length ? fill(W.waiting, { n: queue.length }) : "";
    document.documentElement.style.setProperty("--crew", day.colour);
    document.documentElement.style.setProperty("--ink", day.ink);
    card(shown());
    list();
    actions(shown());
    draw();
  }

  function card(stop) {
    const box = $("next");
    box.hidden = day.stops.length === 0;
    if (!stop) {
      box.replaceChildren(el("p", { class: "name" }, W.all_done), el("p", { class: "address" }, day.back));
      return;
    }
    const next = open();
    const tag = stop.required ? el("span", { class: "tag must" }, W.must) : el("span", { class: "tag" }, stop === next ? W.next : stop.outcome_text || W.later);
    const poor = stop.accuracy_m === null || stop.accuracy_m > 150;
    const pin = stop.accuracy_m === null ? W.pin_unknown : fill(poor ? W.pin_poor : W.pin, { m: Math.round(stop.accuracy_m) });
    const advice = [
      ...stop.wishes.map((wish) => el("div", { class: "wish" }, wish)),
      stop.reason ? el("div", {}, stop.reason) : null,
      stop.approach ? el("div", {}, stop.approach) : null,
      stop.bring.length ? el("div", {}, W.bring + stop.bring.join(W.comma)) : null,
      stop.say ? el("details", {}, el("summary", {}, W.say), el("p", {}, stop.say), el("ul", {}, ...stop.ask.map((one) => el("li", {}, one))),
        ...stop.minds.map((one) => el("p", { class: "mind" }, one))) : null,
    ];
    box.replaceChildren(
      el("div", { class: "head" }, el("span", { class: "badge" }, String(stop.number)), el("span", { class: "when" }, stop.begins, el("small", {}, "–" + stop.leaves)), tag),
      el("p", { class: "name" }, stop.name || stop.debtor_id),
      el("p", { class: "address" }, stop.address || W.no_address),
      el("p", { class: "pin" + (poor ? " poor" : "") }, stop.kind + " · " + pin),
      el("p", { class: "pin" }, fill(W.window, { window: stop.window })),
      el("div", { class: "amount" }, el("b", {}, money(stop.overdue_minor)), el("span", {}, stop.debt)),
      advice.some(Boolean) ? el("div", { class: "advice" }, ...advice.filter(Boolean)) : null,
      el("div", { class: "two" },
        el("button", { class: "button main", id: "go", onclick: () => navigate(stop) }, icon("go"), W.navigate),
        stop.phone
          ? el("a", { class: "button", href: "tel:" + stop.phone.replace(/[^+\d]/g, "") }, icon("call"), W.call)
          : el("span", { class: "button", "aria-disabled": "true" }, icon("call"), W.no_phone))
    );
  }

  function list() {
    const now = shown();
    const rows = day.stops.map((stop) =>
      [stop.begins_at, el("li", { class: (stop.outcome ? "done " : "") + (stop === now ? "current" : "") },
        el("button", { onclick: () => { chosen = stop.number; render(); scrollTo({ top: 0, behavior: "smooth" }); } },
          el("span", { class: "badge" }, stop.outcome ? "✓" : String(stop.number)),
          el("span", { class: "who" }, el("b", {}, stop.name || stop.debtor_id), el("span", {}, stop.outcome ? stop.outcome_text : stop.address)),
          el("span", { class: "side" }, stop.begins, el("small", {}, stop.outcome && stop.paid ? money(stop.paid) : money(stop.overdue_minor)))))]
    );
    const pauses = day.breaks.map((pause) => [pause.begins_at, el("li", { class: "pause" }, pause.text)]);
    const ordered = [...rows, ...pauses].sort((a, b) => (a[0] < b[0] ? -1 : 1)).map((row) => row[1]);
    $("list").replaceChildren(...(ordered.length ? [el("h2", {}, W.stops)] : []), ...ordered);
  }

  function actions(stop) {
    const bar = $("actions");
    bar.hidden = !stop || !day.may_record;
    if (bar.hidden) return;
    const button = (kind, text) => el("button", { class: "button " + kind, id: "do-" + kind, onclick: () => sheet(stop, kind) }, text);
    bar.replaceChildren(
      el("p", {}, stop.number + " · " + (stop.name || stop.debtor_id) + (stop.outcome ? " · " + W.correct : "")),
      el("div", {}, button("paid", W.paid), button("promise", W.promise), button("absent", W.absent), button("more", "⋯"))
    );
    bar.querySelector("#do-more").setAttribute("aria-label", W.more);
  }

  // ---- outcome sheets
  function choices(name, title, options, first) {
    return el("fieldset", {}, el("legend", {}, title), el("div", { class: "choices" },
      ...options.map(([value, text]) => {
        const input = el("input", { type: "radio", name: name, value: value });
        input.checked = value === first;
        return el("label", {}, input, el("span", {}, text));
      })));
  }
  const picked = (name) => { const input = $("sheet").querySelector("input[name=" + name + "]:checked"); return input ? input.value : ""; };

  function present(title, ...parts) {
    const box = $("sheet");
    box.replaceChildren(
      el("div", { class: "head" }, el("h2", {}, title), el("button", { class: "button close", "aria-label": W.close, onclick: () => box.close() }, "×")),
      ...parts
    );
    if (!box.open) box.showModal();
    return box;
  }

  function amounts(stop, title) {
    const half = Math.round(stop.overdue_minor / 200) * 100;
    const field = choices("amount", title, [[String(stop.overdue_minor), fill(W.all, { money: money(stop.overdue_minor) })], [String(half), fill(W.half, { money: money(half) })], ["other", W.other]], String(stop.overdue_minor));
    const entry = el("input", { class: "entry", inputmode: "decimal", hidden: true, placeholder: W.amount, "aria-label": W.amount, id: "amount" });
    field.append(entry);
    field.addEventListener("change", () => { entry.hidden = picked("amount") !== "other"; if (!entry.hidden) entry.focus(); });
    return field;
  }
  function amountOf() {
    if (picked("amount") !== "other") return Number(picked("amount"));
    const text = $("amount").value.trim().replace(/[,，\s]/g, "");
    return /^\d{1,10}(\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * Math.pow(10, day.money.digits)) : NaN;
  }
  function dates() {
    const field = choices("when", W.when, [...day.promise_days.map((one) => [one.day, one.text]), ["other", W.other_day]], day.promise_days[0].day);
    const entry = el("input", { class: "entry", type: "date", hidden: true, min: day.day, "aria-label": W.when, id: "when" });
    field.append(entry);
    field.addEventListener("change", () => { entry.hidden = picked("when") !== "other"; });
    return field;
  }
  const ways = (title) => choices("how", title, W.ways, W.ways[0][0]);

  function sheet(stop, kind) {
    const began = new Date();
    const title = stop.number + " · " + (stop.name || stop.debtor_id);
    const save = (read) => el("button", { class: "button main save", id: "save", onclick: () => {
      const outcome = read();
      const wrong = outcome.wrong;
      if (wrong) { $("sheet").querySelector(".error").textContent = wrong; return; }
      record(stop, began, outcome);
    } }, W.save);
    const error = el("p", { class: "error", role: "alert" });
    if (kind === "paid") {
      present(W.paid + " · " + title, amounts(stop, W.how_much), ways(W.how), error, save(() => {
        const minor = amountOf();
        if (!(minor > 0)) return { wrong: W.wrong_amount };
        return { code: minor >= stop.overdue_minor ? "PAID_FULL" : "PAID_PART", paid_minor: minor, promised_how: picked("how") };
      }));
    } else if (kind === "promise") {
      present(W.promise + " · " + title, dates(), amounts(stop, W.how_much), ways(W.how), error, save(() => {
        const minor = amountOf(), on = picked("when") === "other" ? $("when").value : picked("when");
        if (!(minor > 0)) return { wrong: W.wrong_amount };
        if (!on || on < day.day) return { wrong: W.wrong_day };
        const days = Math.round((Date.parse(on) - Date.parse(day.day)) / 864e5);
        return { code: days <= 2 ? "PTP_2D" : days <= 3 ? "PTP_3D" : "PTP_LATER", promised_on: on, promised_minor: minor, promised_how: picked("how") };
      }));
    } else if (kind === "absent") {
      present(W.absent + " · " + title, choices("code", W.what, W.absences, W.absences[0][0]), error, save(() => ({ code: picked("code") })));
    } else {
      const groups = W.more_groups.map(([heading, codes]) => el("div", { class: "more" }, el("h3", {}, heading),
        ...codes.map(([code, text]) => el("button", { class: "button wide", "data-code": code, onclick: () => record(stop, began, { code: code }) }, text))));
      present(W.more + " · " + title, ...groups);
    }
  }

  function uuid() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64; b[8] = (b[8] & 63) | 128;
    return [...b].map((x, k) => ([4, 6, 8, 10].includes(k) ? "-" : "") + x.toString(16).padStart(2, "0")).join("");
  }

  // Kept first, sent then: the same id makes a repeated sending the same outcome.
  function record(stop, began, outcome) {
    const entry = { outcome_id: uuid(), debtor_id: stop.debtor_id, place_id: stop.place_id, plan_id: day.plan_id, started_at: began.toISOString(), ended_at: new Date().toISOString(), correction: Boolean(stop.outcome), ...outcome };
    queue.push(entry);
    keep(QUEUE, queue);
    apply(entry);
    $("sheet").close();
    chosen = null;
    render();
    toast(W.saved);
    send();
  }
  function apply(entry) {
    const stop = day.stops.find((one) => one.debtor_id === entry.debtor_id);
    if (!stop) return;
    stop.outcome = entry.code;
    stop.outcome_text = W.outcomes[entry.code] || entry.code;
    stop.paid = entry.paid_minor || 0;
  }

  let sending = false;
  async function send() {
    if (sending) return;
    sending = true;
    try {
      while (queue.length) {
        const answer = await fetch(day.api + "/outcome", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(queue[0]) });
        if (answer.status >= 500 || answer.status === 429) break;
        const rejected = !answer.ok;
        queue.shift();
        keep(QUEUE, queue);
        if (rejected) {
          const told = await answer.json().catch(() => ({}));
          toast(W.rejected + (told.error ? " " + told.error : ""), 9000);
          await refresh();
        }
      }
    } catch (_) { /* no signal: the entry waits here */ }
    sending = false;
    $("waiting").hidden = queue.length === 0;
    $("waiting").textContent = queue.length ? fill(W.waiting, { n: queue.length }) : "";
  }
  async function refresh() {
    const answer = await fetch(day.api);
    if (answer.ok) { day = await answer.json(); queue.forEach(apply); render(); }
  }
  addEventListener("online", send);
  setInterval(() => queue.length && send(), 20000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send().then(refresh).catch(() => {}); });

  let toastTimer = 0;
  function toast(text, ms) {
    $("toast").textContent = text;
    $("toast").hidden = false;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => { $("toast").hidden = true; }, ms || 2600);
  }

  // ---- navigation: coordinates and the stop's number only, never a name
  const NAVIGATORS = {
    amap: (s) => "https://uri.amap.com/navigation?to=" + s.lon + "," + s.lat + "," + s.number + "&mode=car&coordinate=wgs84&callnative=1",
    baidu: (s) => "baidumap://map/direction?destination=latlng:" + s.lat + "," + s.lon + "|name:" + s.number + "&coord_type=wgs84&mode=driving",
    google: (s) => "https://www.google.com/maps/dir/?api=1&destination=" + s.lat + "," + s.lon,
    apple: (s) => "https://maps.apple.com/?dirflg=d&daddr=" + s.lat + "," + s.lon,
  };
  function navigate(stop) {
    const app = stored("rounds-navigator", "");
    if (NAVIGATORS[app]) { location.href = NAVIGATORS[app](stop); return; }
    chooseNavigator((name) => { location.href = NAVIGATORS[name](stop); });
  }
  function chooseNavigator(then) {
    present(W.navigate_with, el("p", {}, W.navigate_note), ...W.navigators.map(([name, text]) =>
      el("button", { class: "button wide", "data-app": name, onclick: () => { keep("rounds-navigator", name); $("sheet").close(); then(name); } }, text)));
  }

  // ---- the map comes after the page, and only when asked for on a slow line
  function load(address) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address; script.onload = resolve; script.onerror = reject;
      document.head.append(script);
    });
  }
  async function openMap() {
    $("show").hidden = true;
    for (const sheet of day.map.styles) document.head.append(el("link", { rel: "stylesheet", href: sheet }));
    for (const script of day.map.scripts) await load(script);
    map = L.map("canvas", { zoomControl: false, attributionControl: Boolean(day.map.attribution), maxZoom: 18, minZoom: 7, zoomSnap: 0.25 });
    map.setView([day.depot[1], day.depot[0]], 13);
    roundsSettle(map);
    roundsBasemap(map, { language: day.language, attribution: day.map.attribution });
    map.on("layeradd", (e) => e.layer.feature && e.layer.on("click", onStop));
    draw();
  }
  function onStop(event) {
    const found = day.stops.find((stop) => stop.debtor_id === event.target.feature.properties.id);
    if (found) { chosen = found.number; render(); }
  }
  function draw() {
    if (!map) return;
    if (drawn) drawn.remove();
    drawn = L.featureGroup();
    const now = shown();
    const stops = day.stops.map((s) => ({ id: s.debtor_id, number: s.number, lon: s.lon, lat: s.lat, done: Boolean(s.outcome) && s !== now }));
    const points = [...day.stops.map((s) => [s.lon, s.lat]), day.depot];
    const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
    const near = now ? 0.009 : 0;
    const bounds = now
      ? [[now.lon - near * 1.5, now.lat - near], [now.lon + near * 1.5, now.lat + near]]
      : [[Math.min(...xs), Math.min(...ys)], [Math.max(...xs), Math.max(...ys)]];
    roundsDraw(drawn, map, {
      routes: [{ colour: day.colour, ink: day.ink, estimated: day.estimated, line: day.line, stops: stops }],
      depots: [{ lon: day.depot[0], lat: day.depot[1] }], selected: now ? now.debtor_id : "", frame: now ? String(now.number) : "all", bounds: bounds,
    });
    drawn.addTo(map);
  }

  queue.forEach(apply);
  render();
  send();
  if (day.stops.length) {
    $("map").hidden = false;
    const line = navigator.connection || {};
    if (line.saveData || /2g|^3g/.test(line.effectiveType || "")) { $("show").hidden = false; $("show").addEventListener("click", openMap); }
    else addEventListener("load", () => setTimeout(() => openMap().catch(() => { $("map").hidden = true; }), 0));
  }
})();

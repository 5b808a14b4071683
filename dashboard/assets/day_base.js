// A crew's day on a phone: small makers, what is kept here, and the one place that speaks with the bank.
//
// The parts (base, map, record, change, day) share window.roundsDay. They need two JSON scripts (#day, #words) and the
// elements of day_body.html, and no server: in a day pack what is recorded goes into its vault (pack_open.js), sealed.
window.roundsDay = (function () {
  "use strict";

  const $ = (id) => document.getElementById(id);
  const R = { $: $, W: JSON.parse($("words").textContent), day: JSON.parse($("day").textContent), chosen: null };
  R.vault = window.roundsVault || null;
  R.online = !R.vault && location.protocol !== "file:";
  const QUEUE = "rounds-queue:" + R.day.api;

  // ---- small makers: text is only ever set as text
  R.el = function (tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return node;
  };
  R.svg = function (tag, attributes) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
    return node;
  };
  R.icon = function (name) {
    const svg = R.svg("svg", { "aria-hidden": "true" });
    svg.append(R.svg("use", { href: "#i-" + name }));
    return svg;
  };
  R.fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  R.stored = (key, fallback) => { if (R.vault) return R.vault.get(key, fallback); try { return JSON.parse(localStorage.getItem(key)) || fallback; } catch (_) { return fallback; } };
  R.keep = (key, value) => { if (R.vault) return void R.vault.keep(key, value); try { localStorage.setItem(key, JSON.stringify(value)); } catch (_) { /* private mode: this page only */ } };
  R.money = function (minor) {
    const money = R.day.money;
    // A half goes to the even neighbour, as on paper and at the desk.
    const amount = minor / Math.pow(10, money.digits), below = Math.floor(amount), rest = amount - below;
    return money.sign + (rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below).toLocaleString(money.locale);
  };
  R.clock = (when) => when.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", hour12: false });
  R.span = (entry) => (entry.began === entry.ended ? entry.began : entry.began + "–" + entry.ended);
  R.named = (stop) => stop.number + "\u00a0·\u00a0" + (stop.name || stop.debtor_id);
  R.open = () => R.day.stops.find((stop) => !stop.outcome);
  // Nothing is recorded of a day that is still to come; the server's clock says so, else the phone's.
  R.ahead = () => !R.day.open && Date.now() + 60000 * R.day.clock_error_min < Date.parse(R.day.opens_at);
  R.shown = () => R.day.stops.find((stop) => stop.debtor_id === R.chosen) || R.open() || null;

  R.uuid = function () {
    if (crypto.randomUUID) return crypto.randomUUID();
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64; b[8] = (b[8] & 63) | 128;
    return [...b].map((x, k) => ([4, 6, 8, 10].includes(k) ? "-" : "") + x.toString(16).padStart(2, "0")).join("");
  };

  // ---- sheets and short words
  R.present = function (title, ...parts) {
    const box = $("sheet");
    box.replaceChildren(
      R.el("div", { class: "head" }, R.el("h2", {}, title), R.el("button", { class: "button close", "aria-label": R.W.close, onclick: () => box.close() }, "×")),
      ...parts.filter(Boolean)
    );
    if (!box.open) box.showModal();
    box.scrollTop = 0;
    return box;
  };
  R.choices = function (name, title, options, first) {
    return R.el("fieldset", {}, R.el("legend", {}, title), R.el("div", { class: "choices" },
      ...options.map(([value, text]) => {
        const input = R.el("input", { type: "radio", name: name, value: value });
        input.checked = value === first;
        return R.el("label", {}, input, R.el("span", {}, text));
      })));
  };
  R.picked = (name) => { const input = $("sheet").querySelector("input[name=" + name + "]:checked"); return input ? input.value : ""; };
  let toastTimer = 0;
  R.toast = function (text, ms) {
    $("toast").textContent = text;
    $("toast").hidden = false;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => { $("toast").hidden = true; }, ms || 2600);
  };

  // ---- kept first, sent then: an entry's own id makes a repeated sending the same entry
  // What the branch did not keep, by debtor: the form opens with it, so that nothing is written twice.
  R.unkept = {};
  R.queue = R.vault ? R.vault.entries : R.stored(QUEUE, []).map((one) => (one.path ? one : { path: "/outcome", body: one }));
  let put = 0;
  R.put = function (path, body) {
    put += 1;
    const entry = { path: path, body: body };
    R.queue.push(entry);
    if (R.vault) return R.vault.add(entry).then(waiting);
    R.keep(QUEUE, R.queue);
    waiting();
    return R.send();
  };
  function waiting() {
    if (R.told) { R.told(); return; }
    const early = R.queue.filter((entry) => entry.early).length, later = R.queue.length - early;
    $("waiting").hidden = R.queue.length === 0;
    $("waiting").textContent = [later ? R.fill(R.W.waiting, { n: later }) : "", early ? R.fill(R.W.ahead, { n: early }) : ""].filter(Boolean).join(" ");
  }
  R.post = (path, body) => fetch(R.day.api + path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  // The session has ended: what was recorded stays in this browser, and goes off when somebody has signed in again.
  let leaving = false;
  R.signIn = function () {
    if (leaving) return;
    leaving = true;
    R.toast(R.W.signed_out, 9000);
    setTimeout(() => location.assign("/login?back=" + encodeURIComponent(location.pathname)), 2500);
  };
  let sending = null;
  R.send = function () {
    sending = sending || sendAll().finally(() => { sending = null; });
    return sending;
  };
  async function sendAll() {
    let at = 0, fresh = false;
    try {
      while (at < R.queue.length && R.online) {
        const entry = R.queue[at], answer = await R.post(entry.path, entry.body);
        if (answer.status === 401) { R.signIn(); break; }
        if (answer.status >= 500 || answer.status === 429) break;
        const told = await answer.json().catch(() => ({}));
        if (answer.status === 425) { // of a day that is still to come: it stays here until then
          if (!entry.early) R.toast(told.error || "", 9000);
          entry.early = true;
          at += 1;
          R.keep(QUEUE, R.queue);
          continue;
        }
        R.queue.splice(at, 1);
        R.keep(QUEUE, R.queue);
        if (!answer.ok) {
          if (entry.path === "/outcome") R.unkept[entry.body.debtor_id] = entry.body;
          R.toast(R.W.rejected + (told.error ? " " + told.error : ""), 9000);
          await R.refresh();
        } else {
          if (told.told) R.toast(told.told, 9000);
          fresh = true;
        }
      }
      if (fresh) await R.refresh(); // now it can be told how the rest goes, and what stands beside
    } catch (_) { /* no signal: the entry waits here */ }
    waiting();
  }
  R.refresh = async function () {
    if (!R.online) return;
    const before = put, answer = await fetch(R.day.api);
    if (answer.status === 401) R.signIn();
    if (!answer.ok) return;
    const day = await answer.json();
    // What was recorded while the day was on its way may be sent already, and is not in it.
    if (put !== before) return R.refresh();
    R.take(day);
  };
  R.take = function (day) {
    const before = R.day;
    R.day = day;
    R.queue.forEach(R.apply);
    if (R.changed) R.changed(before);
    R.render();
  };
  // A promise is told with its day and sum, and with what was not said of it: its code says only about when.
  R.outcomeTold = function (stop) {
    if (!stop.promised) return stop.outcome_text;
    const { minor, text } = stop.promised;
    return R.fill(text ? (minor ? R.W.promised : R.W.promised_day) : minor ? R.W.promised_sum : R.W.promised_open, { money: R.money(minor), day: text });
  };
  // What was recorded here counts at once, whether it was sent or not.
  R.apply = function (entry) {
    const stop = R.day.stops.find((one) => one.debtor_id === entry.body.debtor_id);
    if (!stop) return;
    if (entry.path === "/outcome") {
      const body = entry.body, paid = body.paid_minor || 0, was = stop.entry;
      const now = { promised_on: "", promised_how: "", promised_minor: 0, ...body, paid_minor: paid, ours: true,
        began: R.clock(new Date(body.started_at)), ended: R.clock(new Date(body.ended_at)), recorded: "" };
      if ([was, stop.own_entry].some((one) => one && one.outcome_id === body.outcome_id)) return; // the server has it already
      if (was && stop.paid && !paid && body.replaces !== was.outcome_id) { // no later visit takes a payment back
        if (!was.ours) stop.own_entry = now; // but it is this crew's to put right
        return;
      }
      stop.paid = paid + (was ? stop.paid - (body.replaces === was.outcome_id ? was.paid_minor : 0) : 0);
      stop.outcome = body.code;
      stop.outcome_id = body.outcome_id;
      stop.outcome_text = R.W.outcomes[body.code] || body.code;
      const on = body.promised_on, offered = on && R.day.promise_days.find((one) => one.day === on);
      stop.promised = on || body.code.startsWith("PTP_") ? { minor: body.promised_minor || 0, text: offered ? offered.text : on || "" } : null;
      stop.entry = now;
      stop.own_entry = null;
    } else if (entry.path === "/pin") {
      // Every navigator's datum is moved by as much: over a town its shift is the same.
      const [east, north] = [entry.body.lon - stop.lon, entry.body.lat - stop.lat];
      for (const name of Object.keys(stop.go || {})) stop.go[name] = [Number((stop.go[name][0] + east).toFixed(6)), Number((stop.go[name][1] + north).toFixed(6))];
      Object.assign(stop, { lon: entry.body.lon, lat: entry.body.lat, accuracy_m: entry.body.accuracy_m, pin_set: true, pin_planned: false });
    }
  };
  addEventListener("online", R.send);
  setInterval(() => R.queue.some((entry) => !entry.early) && R.send(), 20000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) R.send().then(R.refresh).catch(() => {}); });
  return R;
})();

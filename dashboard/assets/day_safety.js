// A crew's safety: the shift begun and ended, "all well", and one button for help. Where the phone is, nobody asks.
//
// Signs have a queue of their own: a call for help must not stand behind an outcome that waits for a slow answer.
(function (R) {
  "use strict";

  if (!R.W.safety || !R.day.safety) return;
  const { $, el, icon, fill } = R, T = R.W.safety;
  const QUEUE = "rounds-safety:" + R.day.api, HOLD_MS = 1500, POLL_MS = 30000;
  let state = R.day.safety, lost = !navigator.onLine, sending = null, queue = R.stored(QUEUE, []), shown = null;

  // ---- said first here, sent then; a sign's own id makes a repeated sending the same sign
  function say(kind, more) {
    const body = { entry_id: R.uuid(), kind: kind, happened_at: new Date().toISOString(), ...more };
    if (!R.online) { R.put("/safety", body); return body; } // a page without a server hands it over with the rest
    queue = kind === "alert" ? [body, ...queue] : [...queue, body];
    R.keep(QUEUE, queue);
    draw();
    send();
    return body;
  }
  function send() {
    sending = sending || sendAll().finally(() => { sending = null; draw(); });
    return sending;
  }
  async function sendAll() {
    try {
      while (queue.length && R.online) {
        const one = queue[0], answer = await R.post("/safety", one);
        if (answer.status === 401) { R.signIn(); return; }
        if (answer.status >= 500 || answer.status === 429) return;
        lost = false;
        const told = await answer.json().catch(() => ({}));
        queue = queue.filter((each) => each.entry_id !== one.entry_id); // an alert may have come before it meanwhile
        R.keep(QUEUE, queue);
        if (answer.ok) take(told.safety);
        else if (told.error) R.toast(told.error, 9000);
      }
    } catch (_) { lost = true; }
  }
  function take(now) {
    if (!now) return;
    state = R.day.safety = now;
    draw();
  }
  async function ask() {
    if (!R.online || document.hidden) return;
    await send();
    try {
      const answer = await fetch(R.day.api + "/safety");
      if (answer.status === 401) { R.signIn(); return; }
      lost = answer.status >= 500;
      if (answer.ok) take(await answer.json());
    } catch (_) { lost = true; draw(); }
  }

  // ---- what stands: what the server knows, and what still waits here
  const waits = (kind) => queue.some((one) => one.kind === kind);
  function duty() {
    const said = queue.filter((one) => one.kind === "shift_begun" || one.kind === "shift_ended").pop();
    return said ? (said.kind === "shift_begun" ? "out" : "back") : state.duty === "out" && !state.tapped ? "not_begun" : state.duty;
  }
  function alerted() {
    const waiting = queue.find((one) => one.kind === "alert");
    if (waiting) return waits("alert_withdrawn") ? null : { id: waiting.entry_id, waiting: true };
    return state.alert && !queue.some((one) => one.about === state.alert.id) ? state.alert : null;
  }

  // The second tap of a double tap on a sheet's last button falls on the row below it: that is none for us.
  let closed = -1e9;
  const shut = $("sheet").close.bind($("sheet")); // its event comes too late for the second tap
  $("sheet").close = () => { closed = performance.now(); shut(); };
  const meant = () => performance.now() - closed > 600;

  // ---- press and hold, by finger, mouse or key; a plain tap (and a screen reader) is asked once more
  function sos(small) {
    const button = el("button", { class: "button sos", type: "button", "aria-label": T.alert_label }, icon("alert"),
      el("span", {}, T.alert, small ? "" : el("small", {}, T.alert_hold)));
    let timer = 0, fired = false;
    const down = () => {
      clearTimeout(timer);
      fired = false;
      button.classList.add("held");
      timer = setTimeout(() => { fired = true; up(); if (navigator.vibrate) navigator.vibrate(200); alarm(); }, HOLD_MS);
    };
    const up = () => { clearTimeout(timer); timer = 0; button.classList.remove("held"); };
    button.addEventListener("pointerdown", down);
    for (const name of ["pointerup", "pointerleave", "pointercancel", "blur"]) button.addEventListener(name, up);
    button.addEventListener("contextmenu", (event) => event.preventDefault());
    button.addEventListener("keydown", (event) => { if ((event.key === "Enter" || event.key === " ") && !event.repeat) down(); });
    button.addEventListener("keyup", (event) => { if (event.key === "Enter" || event.key === " ") { const short = timer; up(); if (short) confirm(); } });
    button.addEventListener("click", (event) => {
      if (event.detail === 0 && timer) { event.preventDefault(); return; } // a key that is still held
      if (!fired) confirm(); // also right after a sheet was closed: it only asks
      fired = false;
    });
    return button;
  }
  function confirm() {
    const stands = alerted();
    if (stands) { help(); return; }
    present(T.alert_title, el("p", {}, T.alert_text),
      el("button", { class: "button save sos", id: "alert-send", onclick: alarm }, T.alert_send),
      el("button", { class: "button wide", id: "alert-cancel", onclick: () => $("sheet").close() }, T.alert_cancel),
      dial(T.alert_call));
  }
  function alarm() {
    if (!alerted()) say("alert");
    help();
  }
  function dial(title) {
    const call = (number, name) => el("a", { class: "button", href: "tel:" + number.replace(/[^+\d]/g, "") }, icon("call"), name + " " + number);
    return el("div", { class: "dial" }, el("p", {}, title), ...state.numbers.map(([number, name]) => call(number, name)),
      state.branch_phone ? call(state.branch_phone, T.branch) : "");
  }
  function help() {
    const stands = alerted();
    if (!stands) return;
    const told = !R.online || stands.waiting ? T.alert_waits : stands.seen ? fill(T.alert_sent, { time: stands.at }) + " " + fill(T.alert_seen, { time: stands.seen }) : fill(T.alert_unseen, { time: stands.at });
    present(T.alert, el("p", { role: "alert", id: "alert-told" }, told), dial(stands.waiting ? "" : T.alert_call),
      el("button", { class: "button wide", id: "alert-back", onclick: () => {
        say("alert_withdrawn", { about: stands.id });
        $("sheet").close();
        R.toast(T.withdrawn, 6000);
      } }, T.alert_back));
    shown = JSON.stringify(stands);
  }
  const opened = R.present, atlas = R.openAtlas;
  const present = (title, ...parts) => opened(title, ...parts);
  // Every sheet and the large map lie above the page: the button comes with them.
  const carry = (box) => { const close = box.querySelector(".head .close"); if (close && !box.querySelector(".head .sos")) close.before(sos(true)); };
  R.present = (...given) => { shown = null; const box = opened(...given); carry(box); return box; };
  R.openAtlas = (...given) => { const made = atlas(...given); carry(made.box); return made; };

  // ---- the row under everything, and what is said above the card
  function begin() { say("shift_begun"); R.toast(T.begun); }
  function end() { say("shift_ended"); R.toast(T.ended, 4000); }
  // With doors still open it is asked once: the branch looks after nobody whose shift is over.
  function early() {
    const open = R.day.stops.filter((stop) => !stop.outcome).length;
    present(T.end_early, el("p", {}, fill(T.end_ask, { n: open })),
      el("button", { class: "button main save", id: "end-sure", onclick: () => { end(); $("sheet").close(); } }, T.end),
      el("button", { class: "button wide", id: "end-not", onclick: () => $("sheet").close() }, T.end_not));
  }
  function row() {
    const now = duty(), all_made = state.all_made || !R.open();
    const go = (id, text, action) => el("button", { class: "button go", id: id, onclick: () => { if (meant()) action(); } }, text);
    const what = now === "back" ? go("shift-again", T.again, begin)
      : now !== "out" ? go("shift-begin", T.begin, begin)
      : all_made ? go("shift-end", T.end, end)
      : go("all-well", fill(T.well, { n: state.more_min }), () => { say("all_well"); R.toast(T.well_said); });
    return [sos(false), state.today ? what : el("span", {})];
  }
  function words() {
    const now = duty(), stands = alerted(), box = $("watch"), parts = [];
    let look = "";
    if (stands) {
      look = "alarm";
      parts.push(el("b", {}, stands.waiting ? T.alert_waits : fill(T.alert_stands, { time: stands.at })), el("br"),
        el("button", { class: "button", onclick: help }, T.alert_show));
    } else if (now === "out" && state.deadline) {
      const late = Date.now() >= Date.parse(state.deadline), values = { time: state.deadline_text, stop: state.waiting };
      look = late ? "late" : lost ? "off" : "";
      parts.push(fill(lost ? (late ? T.no_line_late : T.no_line) : late ? T.late : T.due, values));
    } else if (lost && now !== "back") {
      look = "off";
      parts.push(T.no_line_off);
    } else parts.push(now === "back" && state.duty !== "back" ? T.ended : state.told);
    if (queue.length && !stands) parts.push(el("small", {}, fill(T.waits, { n: queue.length })));
    if (now === "back" && R.open()) parts.push(el("small", {}, T.after));
    if (now === "out" && !stands && R.open() && !state.all_made) parts.push(el("br"), el("button", { class: "button quiet", id: "end-early", onclick: early }, T.end_early));
    if (now !== "out") parts.push(el("small", {}, T.privacy));
    box.className = "watch " + look;
    box.hidden = !state.may || (!stands && !state.today);
    box.replaceChildren(...parts);
  }
  let last = "";
  function draw() {
    // Drawn anew only where something is different: a button that is being held stays.
    const late = state.deadline && Date.now() >= Date.parse(state.deadline);
    const key = JSON.stringify([state, queue, lost, late, duty(), Boolean(R.open())]);
    if (key === last) return;
    last = key;
    document.body.classList.toggle("guarded", state.may && !state.future);
    $("guard").hidden = !state.may || state.future;
    const held = $("guard").querySelector(".held");
    const [button, what] = row();
    if (held) $("guard").replaceChildren(held, what); else $("guard").replaceChildren(button, what);
    words();
    if (shown && $("sheet").open && shown !== JSON.stringify(alerted())) help();
  }

  const render = R.render, refresh = R.take;
  R.render = () => { render(); draw(); };
  R.take = (day) => { refresh(day); if (day.safety) take(day.safety); };
  const sendOutcomes = R.send;
  R.send = () => sendOutcomes().then((said) => { if (!R.queue.length) ask(); return said; });
  addEventListener("online", () => { lost = false; ask(); });
  addEventListener("offline", () => { lost = true; draw(); });
  document.addEventListener("visibilitychange", ask);
  setInterval(() => { draw(); ask(); }, POLL_MS);
  draw();
  if (queue.length) send();
})(window.roundsDay);

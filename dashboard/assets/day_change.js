// The day goes otherwise: say what happened, see what would be different, take it or leave it. Nothing moves by itself.
(function (R) {
  "use strict";

  const { $, W, el, choices, picked } = R;
  const PINNED = "rounds-pinned:" + R.day.api, SEEN = "rounds-told:" + R.day.api;

  // ---- pinned stops: they stay and keep their order whatever is planned again
  R.pinned = () => R.stored(PINNED, []).filter((id) => R.day.stops.some((stop) => stop.debtor_id === id && !stop.outcome));
  function pin(stop) {
    const now = R.pinned();
    R.keep(PINNED, now.includes(stop.debtor_id) ? now.filter((id) => id !== stop.debtor_id) : [...now, stop.debtor_id]);
    R.render();
  }
  R.cardMore = function (stop) {
    if (!R.day.may_record) return "";
    const held = R.pinned().includes(stop.debtor_id), may = R.day.changes, open = !stop.outcome && may.kinds.length;
    return el("div", { class: "also" },
      el("button", { class: "button quiet", id: "pin", onclick: () => R.correctPin(stop) }, R.icon("pin"), W.wrong_pin),
      !open ? "" : el("button", { class: "button quiet", id: "hold", "aria-pressed": String(held), onclick: () => pin(stop) }, R.icon("lock"), held ? W.let_move : W.hold),
      R.online && R.open() && may.kinds.length ? el("button", { class: "button quiet wide", id: "changed", onclick: () => ask(stop) }, R.icon("plan"), W.day_changes) : "",
      R.open() && !may.kinds.length ? el("p", { class: "small", id: "no-changes" }, may.note) : "");
  };

  // ---- what happened: only what makes sense for the day, and one tap each
  function ask(stop) {
    const ahead = !stop.outcome, name = R.named(stop), may = R.day.changes;
    const big = (kind, text, action) => may.kinds.includes(kind) ? el("button", { class: "button wide", id: "news-" + kind, onclick: action }, text) : "";
    R.present(W.day_changes, el("p", {}, W.day_changes_note), may.note ? el("p", { class: "small", id: "news-note" }, may.note) : "",
      big("again", W.again, () => propose({ kind: "again" })),
      big("late", W.late, () => minutes(W.late_how, "late", "", [15, 30, 45, 60, 90])),
      ahead ? big("blocked", R.fill(W.blocked, { stop: name }), () => minutes(W.blocked_how, "blocked", stop.debtor_id, [15, 30, 60], W.no_way)) : "",
      big("urgent", W.urgent, urgent),
      big("alone", W.alone, alone),
      ahead ? big("refused", R.fill(W.refuse, { stop: name }), () => refuse(stop)) : "");
  }
  function minutes(title, kind, debtor, offered, none) {
    const button = (n, text) => el("button", { class: "button", "data-minutes": n, onclick: () => propose({ kind: kind, debtor_id: debtor, minutes: n ? Number(n) : null }) }, text);
    R.present(title, el("div", { class: "minutes" }, ...offered.map((n) => button(String(n), R.fill(W.minutes, { n: n })))),
      none ? el("div", { class: "minutes one" }, button("", none)) : "");
  }
  const go = (read) => el("button", { class: "button main save", id: "propose", onclick: () => propose(read()) }, W.propose);
  async function offered() {
    R.present(W.day_changes, el("p", {}, W.looking));
    const answer = await fetch(R.day.api + "/offered").catch(() => null);
    if (answer && answer.ok) return answer.json();
    refused(answer ? (await answer.json().catch(() => ({}))).error : W.needs_line);
    return null;
  }
  async function urgent() {
    const known = await offered();
    if (!known) return;
    const list = known.urgent.map((one) => [(one.name + " " + one.address).toLowerCase(),
      el("button", { class: "button wide two-lines", "data-urgent": one.debtor_id, onclick: () => propose({ kind: "urgent", debtor_id: one.debtor_id }) },
        el("b", {}, one.name + (one.required ? " · " + W.must : "")), one.address ? el("span", {}, one.address) : "", el("small", {}, one.planned))]);
    const none = el("p", { class: "small", id: "urgent-none", role: "status", hidden: true }, W.urgent_none);
    // Every word that was typed, in whatever order.
    const find = el("input", { type: "search", id: "urgent-find", "aria-label": W.urgent_find, placeholder: W.urgent_find, autocomplete: "off", oninput: () => {
      const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const [text, button] of list) button.hidden = !words.every((word) => text.includes(word));
      none.hidden = list.some(([, button]) => !button.hidden);
    } });
    R.present(W.urgent, el("p", {}, list.length ? W.urgent_note : W.nobody_urgent), list.length > 5 ? find : "", none, ...list.map(([, button]) => button));
  }
  async function alone() {
    const known = await offered();
    if (known) R.present(W.alone, el("p", {}, W.alone_note), ...known.members.map(([id, name]) =>
      el("button", { class: "button wide", "data-member": id, onclick: () => propose({ kind: "alone", member: id }) }, name)));
  }
  function refuse(stop) {
    R.present(R.named(stop), el("p", {}, W.refuse_note), choices("reason", W.reason, [["", W.no_reason], ...W.reasons], ""),
      go(() => ({ kind: "refused", debtor_id: stop.debtor_id, reason: picked("reason") || null })));
  }

  // ---- the difference, and the question
  function refused(text) { R.present(W.day_changes, el("p", { class: "error", role: "alert" }, text || W.needs_line)); }
  async function propose(asked) {
    R.present(W.day_changes, el("p", { role: "status" }, W.planning));
    let answer;
    try {
      await R.send(); // what was recorded says where the crew stands
      answer = await R.post("/replan", { ...asked, pinned: R.pinned() });
    } catch (_) { refused(W.needs_line); return; }
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) { refused(told.error); return; }
    show(told, R.pinned());
  }
  // The ways in which the day can go on, the suggested one chosen; what is chosen is told in full above the buttons.
  function show(told, pins) {
    const change_id = R.uuid(); // of this proposal: taken twice, it is taken once
    let way = told.ways.find((one) => one.way === told.preset) || told.ways[0];
    const several = told.ways.length > 1, detail = el("div", { id: "way" }), feet = el("div", { class: "two feet" });
    const card = (one) => el("label", { class: "way" }, el("input", { type: "radio", name: "way", value: one.way, checked: one === way, onchange: () => { way = one; draw(); } }),
      el("span", {}, el("b", {}, one.title), el("small", {}, one.line), one.against ? el("small", { class: "against" }, one.against) : ""));
    function draw() {
      detail.replaceChildren(
        el("p", { class: "sum" }, several ? way.summary : way.changes.length ? way.title + ": " + way.summary : way.summary),
        way.warn ? el("p", { class: "warn", role: "alert" }, way.warn) : "",
        el("ul", { class: "figures" }, ...way.figures.map((one) => el("li", {}, one))),
        el("ul", { class: "changes", id: "changes" }, ...way.changes.map((one) => el("li", { class: one.kind }, el("b", {}, one.who), el("span", {}, one.what)))),
        el("p", { class: "error", role: "alert", id: "change-error" }));
      const chosen = way;
      feet.replaceChildren(
        el("button", { class: "button", id: "leave", onclick: () => $("sheet").close() }, W.leave),
        way.changes.length ? el("button", { class: "button main", id: "take", onclick: () => take(chosen, pins, change_id) }, several ? way.title : W.take) : "");
    }
    draw();
    R.present(several ? W.which : W.proposal,
      several ? el("div", { class: "ways", role: "radiogroup", "aria-label": W.which }, ...told.ways.map(card)) : "", detail, feet);
  }
  let taking = false;
  async function take(told, pins, change_id) {
    if (taking) return;
    taking = true;
    try {
      const answer = await R.post("/change", { change_id: change_id, digest: told.digest, asked: { ...told.asked, pinned: pins } });
      const said = await answer.json().catch(() => ({}));
      if (!answer.ok) { $("change-error").textContent = said.error || W.needs_line; return; }
      seen(said.day);
      R.chosen = null;
      R.take(said.day);
      $("sheet").close();
      R.toast(W.taken);
    } catch (_) {
      $("change-error").textContent = W.needs_line;
    } finally { taking = false; }
  }

  // ---- a plan that somebody else changed is said, with what is different, until it was seen
  // What is kept of it on the phone has no names: of a stop that is gone its number and time are said.
  const told = (day) => ({ plan_id: day.plan_id, stops: day.stops.map((stop) => [stop.debtor_id, stop.begins, stop.number]) });
  function seen(day) { R.keep(SEEN, told(day)); $("news").hidden = true; }
  R.changed = function () {
    const known = R.stored(SEEN, null);
    if (!known || !R.day.plan_id) { seen(R.day); return; }
    if (known.plan_id === R.day.plan_id) return;
    const before = new Map(known.stops.map((one) => [one[0], one])), now = new Map(told(R.day).stops.map((one) => [one[0], one]));
    const name = (one) => R.named(R.day.stops.find((stop) => stop.debtor_id === one[0]));
    const lines = [
      ...[...now.values()].filter((one) => !before.has(one[0])).map((one) => R.fill(W.news_new, { name: name(one), time: one[1] })),
      ...[...before.values()].filter((one) => !now.has(one[0])).map((one) => R.fill(W.news_gone, { n: one[2], time: one[1] })),
      ...[...now.values()].filter((one) => before.has(one[0]) && before.get(one[0])[1] !== one[1]).map((one) => name(one) + " " + before.get(one[0])[1] + " → " + one[1]),
    ];
    $("news").replaceChildren(el("b", {}, W.news), el("ul", {}, ...lines.map((one) => el("li", {}, one))),
      el("button", { class: "button", id: "news-seen", onclick: () => seen(R.day) }, W.news_seen));
    $("news").hidden = false;
  };
})(window.roundsDay);

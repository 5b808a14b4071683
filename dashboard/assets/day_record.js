// What happened at a door: three taps, and what else may be said of it; nothing of that is asked for.
(function (R) {
  "use strict";

  const { $, W, el, fill, choices, picked } = R;

  // Nothing is preset, so that no amount is recorded by habit: what is due is said, and taken over by a tap. A
  // correction opens with what was entered first.
  function amounts(stop, title, was) {
    const unit = Math.pow(10, R.day.money.digits), part = Math.round(stop.overdue_minor / 200) * 100;
    const entry = el("input", { class: "entry", inputmode: "decimal", placeholder: W.amount, "aria-label": title, id: "amount", autocomplete: "off" });
    if (was) entry.value = String(was / unit);
    const offers = [["amount-due", stop.overdue_minor, W.due], ["amount-half", part, W.half]].filter((one) => one[1]).map(([id, minor, text]) =>
      [String(minor / unit), el("button", { type: "button", class: "button", id: id, onclick: () => {
        entry.value = String(minor / unit);
        entry.dispatchEvent(new Event("change", { bubbles: true }));
      } }, fill(text, { money: R.money(minor) }))]);
    const field = el("fieldset", {}, el("legend", {}, title), el("p", { class: "due" }, fill(W.amount_due, { money: R.money(stop.overdue_minor) })),
      el("div", { class: "choices" }, ...offers.map((one) => one[1])), entry);
    const mark = () => { for (const [value, button] of offers) button.setAttribute("aria-pressed", String(entry.value.trim() === value)); };
    for (const happening of ["input", "change"]) field.addEventListener(happening, mark);
    mark();
    return field;
  }
  function amountOf() {
    const text = $("amount").value.trim().replace(/[,，\s]/g, "");
    if (!text) return 0;
    return /^\d{1,10}(\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * Math.pow(10, R.day.money.digits)) : NaN;
  }
  // What the branch would refuse is said here, where the form is still open.
  const above = (stop, minor) => (stop.overdue_minor && minor > stop.overdue_minor ? fill(W.more_than_due, { money: R.money(minor - stop.overdue_minor) }) : "");
  const tooMuch = (stop, minor) => (stop.overdue_minor && minor > W.most_times_overdue * stop.overdue_minor ? W.too_much : "");
  const furthest = () => new Date(Date.parse(R.day.day) + W.furthest_days * 864e5).toISOString().slice(0, 10);
  function dates(was) {
    const offered = R.day.promise_days, known = offered.some((one) => one.day === was);
    // Nothing is preset: a slip would record a promise for a day that nobody named.
    const field = choices("when", W.when, [...offered.map((one) => [one.day, one.text]), ["other", W.other_day]], was ? (known ? was : "other") : null);
    const entry = el("input", { class: "entry", type: "date", hidden: known || !was, min: R.day.day, max: furthest(), "aria-label": W.when, id: "when" });
    if (was && !known) entry.value = was;
    field.append(entry);
    field.addEventListener("change", () => { entry.hidden = picked("when") !== "other"; });
    return field;
  }
  const ways = (was) => choices("how", W.how, W.ways, was || null);

  // ---- an entry that puts another one right is of the same visit: its time stays, unless that was wrong
  function timeField(was) {
    const one = (id, value, text) => el("label", { class: "field" }, el("span", {}, text), el("input", { class: "entry", type: "time", id: id, value: value }));
    return el("details", { class: "details", id: "times", ontoggle: (event) => event.target.open && event.target.scrollIntoView({ block: "center" }) }, el("summary", {}, fill(W.time_wrong, { span: R.span(was) })),
      el("div", { class: "two" }, one("time-from", was.began, W.time_from), one("time-to", was.ended, W.time_to)));
  }
  function visited(was) {
    const [from, to] = [$("time-from").value, $("time-to").value];
    if (from === was.began && to === was.ended) return { started_at: was.started_at, ended_at: was.ended_at };
    // Put right by hand it is of a whole minute; by so much as the hand says, whatever zone the phone is in.
    const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
    const moved = (at, before, now) => new Date(Math.floor(Date.parse(at) / 6e4) * 6e4 + (minutes(now) - minutes(before)) * 6e4);
    const times = from && to ? [moved(was.started_at, was.began, from), moved(was.ended_at, was.ended, to)] : [];
    if (!times.length || times[1] < times[0] || times[1] > Date.now()) return { wrong: W.wrong_time };
    return { started_at: times[0].toISOString(), ended_at: times[1].toISOString() };
  }

  // ---- what else may be said: closed at first, and nothing of it is asked for
  function details(was, clock, code, same) {
    const own = (name, otherwise) => was[name] && (same || was[name] !== otherwise) ? was[name] : "";
    const first = { evidence: own("evidence", W.evidence_of[was.code] || ""), willing: own("willing", W.willing_of[was.code] || "unknown"), able: own("able", W.able_of[was.code] || "unknown") };
    const effect = el("p", { class: "effect", id: "effect" });
    const note = el("textarea", { class: "entry", id: "note", rows: 2, maxlength: W.longest + 80, placeholder: W.note_hint, "aria-label": W.note });
    note.value = was.note || "";
    const answered = (name) => W[name + "_of"][code()] || "unknown"; // the form is on the page when this is asked
    const box = el("details", { class: "details", id: "details" }, el("summary", {}, W.details),
      choices("evidence", W.evidence, W.evidences, first.evidence), effect,
      choices("willing", W.willing, W.answers, first.willing || "unknown"),
      choices("able", W.able, W.answers, first.able || "unknown"),
      choices("next_action", W.next_action, W.next_actions, was.next_action || null),
      el("label", { class: "field" }, el("span", {}, W.note), note));
    for (const [name, value] of Object.entries(first)) if (value) box["said_" + name] = true;
    box.open = Boolean(was.note || was.next_action);
    const show = () => { const kind = picked("evidence"); effect.textContent = (kind && clock[kind]) || ""; effect.hidden = !effect.textContent; };
    box.addEventListener("change", (event) => { if (event.target.name) box["said_" + event.target.name] = true; show(); });
    // What the outcome itself says changes with it, until somebody says otherwise.
    box.follow = function () {
      for (const [name, value] of [["evidence", W.evidence_of[code()] || ""], ["willing", answered("willing")], ["able", answered("able")]]) {
        const input = !box["said_" + name] && [...box.querySelectorAll("input[name=" + name + "]")].find((one) => one.value === value);
        if (input) input.checked = true;
      }
      show();
    };
    return box;
  }
  R.lint = function (text) {
    const found = [], named = [];
    for (const [pattern, told, flags] of W.lint) {
      const hit = text.match(new RegExp(pattern, flags));
      if (!hit || named.some((one) => one.includes(hit[0]) || hit[0].includes(one))) continue; // what is named once is enough
      named.push(hit[0]);
      found.push("“" + hit[0] + "”: " + told);
    }
    if ([...text].length > W.longest) found.unshift(W.too_long);
    return found;
  };
  function said() {
    const told = { evidence: picked("evidence"), willing: picked("willing"), able: picked("able"), next_action: picked("next_action"), note: $("note").value.trim() };
    const wrong = R.lint(told.note);
    return wrong.length ? { wrong: [W.note_wrong, ...wrong] } : told;
  }

  // What this crew recorded of a stop, to be put right; what another crew did there was another visit.
  R.entryOf = (stop) => (stop.entry && stop.entry.ours ? stop.entry : stop.own_entry || null);
  let recorded = -1e9;
  R.sheet = function (stop, kind, chosenCode) {
    // The second tap of a double tap on Save falls on the bar below it: that is not the next outcome.
    if (performance.now() - recorded < 600) return;
    const began = R.began ? R.began(stop) : new Date(), title = R.named(stop), mine = R.entryOf(stop), was = R.unkept[stop.debtor_id] || mine || {};
    const code = was.code || "", same = { paid: code.startsWith("PAID_"), promise: code.startsWith("PTP_"), absent: W.absences.some((one) => one[0] === code), code: code === chosenCode }[kind];
    const before = same ? was : {};
    const error = el("div", { class: "error", role: "alert" });
    const tell = (texts) => error.replaceChildren(...texts.map((text) => el("p", {}, text)));
    // The form's own fields, and what they say: {code, …} or {wrong}.
    function form(heading, fields, read) {
      let asked = "";
      const more = details(was, stop.clock, () => read().code || "", same);
      const save = el("button", { class: "button main save", id: "save", onclick: () => {
        const { sure, ...outcome } = read(), also = said();
        const unsaid = $("sheet").querySelector("input[name=begun]") && !picked("begun") ? W.begun_unsaid : "";
        const times = mine ? visited(mine) : {};
        const wrong = [outcome.wrong, unsaid, times.wrong, also.wrong].flat().filter(Boolean);
        tell(wrong);
        if (wrong.length) return;
        if (sure && sure !== asked) { tell([sure]); asked = sure; return; } // rare enough to be worth a second tap
        if (R.ahead()) { error.textContent = fill(W.day_ahead_clock, { day: R.day.opens_text }); return; } // the form stays
        record(stop, picked("begun") ? new Date(picked("begun")) : began, { ...times, ...also, ...outcome });
      } }, W.save);
      const box = R.present(heading + " · " + title, R.begun ? R.begun(stop, began) : "", ...fields, more, mine ? timeField(mine) : "", el("div", { class: "feet" }, error, save));
      for (const field of fields) field.addEventListener("change", more.follow);
      // What is written is read as it is written, and told above Save, where nothing lies over it.
      more.addEventListener("input", () => {
        const wrong = R.lint($("note").value), more_room = wrong.length > error.childElementCount;
        tell(wrong);
        if (more_room) $("note").scrollIntoView({ block: "center" }); // what is told must not push the note out of sight
      });
      more.follow();
      return box;
    }
    if (kind === "paid") {
      form(W.paid, [amounts(stop, W.how_much, before.paid_minor), ways(before.promised_how)], () => {
        const minor = amountOf();
        if (!(minor > 0) || tooMuch(stop, minor)) return { wrong: tooMuch(stop, minor) || W.wrong_amount, code: "PAID_PART" };
        return { sure: above(stop, minor), code: minor >= stop.overdue_minor ? "PAID_FULL" : "PAID_PART", paid_minor: minor, promised_how: picked("how") };
      });
    } else if (kind === "promise") {
      // All three are worth asking, and none is asked for: what was not said is left open, never filled in.
      form(W.promise, [el("p", { class: "small" }, W.promise_ask), dates(before.promised_on), amounts(stop, W.how_much, before.promised_minor), ways(before.promised_how)], () => {
        const minor = amountOf(), on = picked("when") === "other" ? $("when").value : picked("when");
        const wrong = [on && on < R.day.day && on !== before.promised_on ? W.wrong_day : "", on > furthest() ? W.too_far : "",
          minor >= 0 ? tooMuch(stop, minor) : W.wrong_amount].filter(Boolean);
        if (wrong.length) return { wrong: wrong, code: "PTP_LATER" };
        const days = on ? Math.round((Date.parse(on) - Date.parse(R.day.day)) / 864e5) : Infinity;
        return { sure: above(stop, minor), code: days <= 2 ? "PTP_2D" : days <= 3 ? "PTP_3D" : "PTP_LATER", promised_on: on, promised_minor: minor, promised_how: picked("how") };
      });
    } else if (kind === "absent") {
      form(W.absent, [choices("code", W.what, W.absences, before.code || W.absences[0][0])], () => ({ code: picked("code") }));
    } else if (kind === "code") {
      form(W.outcomes[chosenCode], [], () => ({ code: chosenCode }));
    } else {
      const groups = W.more_groups.map(([heading, codes]) => el("div", { class: "kinds" }, el("h3", {}, heading),
        ...codes.map(([code, text]) => el("button", { class: "button wide", "data-code": code, "aria-pressed": String(code === was.code), onclick: () => R.sheet(stop, "code", code) }, text))));
      R.present(W.more + " · " + title, ...groups);
    }
  };

  const metres = (lon, lat, stop) => 111195 * Math.hypot(lat - stop.lat, (lon - stop.lon) * Math.cos(stop.lat * Math.PI / 180));
  // ---- a wrong pin: the map is moved under it; where the phone itself is, nobody asks
  R.correctPin = function (stop) {
    const atlas = R.openAtlas(W.pin_title + " " + R.named(stop), el("div", { class: "below" }, el("p", {}, W.pin_help),
      el("button", { class: "button main save", id: "pin-save", onclick: () => {
        const [lon, lat] = R.degrees(atlas.map.at.x, atlas.map.at.y);
        if (metres(lon, lat, stop) < W.pin_least_m) { R.toast(W.pin_unmoved, 5000); return; } // a slip makes no pin exact
        const body = { change_id: R.uuid(), debtor_id: stop.debtor_id, place_id: stop.place_id, lon: Number(lon.toFixed(6)), lat: Number(lat.toFixed(6)), accuracy_m: 20 };
        R.apply({ path: "/pin", body: body });
        atlas.box.close();
        R.render();
        R.toast(W.saved);
        R.put("/pin", body);
      } }, W.pin_save)));
    const aim = R.icon("pin");
    aim.setAttribute("class", "aim");
    atlas.host.append(aim);
    atlas.map.near(stop, 0.9);
  };
  function record(stop, began, outcome) {
    const mine = R.entryOf(stop);
    const body = { outcome_id: R.uuid(), debtor_id: stop.debtor_id, place_id: stop.place_id, plan_id: stop.plan_id || R.day.plan_id, started_at: began.toISOString(), ended_at: new Date().toISOString(), correction: Boolean(mine), replaces: mine ? mine.outcome_id : "", ...outcome };
    delete R.unkept[stop.debtor_id];
    R.apply({ path: "/outcome", body: body });
    $("sheet").close();
    recorded = performance.now();
    R.chosen = null;
    R.render();
    R.top();
    const open = !body.code.startsWith("PTP_") ? [] : [body.promised_on ? "" : W.open_day, body.promised_minor ? "" : W.open_amount].filter(Boolean);
    R.toast(open.length ? fill(W.saved_open, { what: open.join(W.comma) }) : W.saved, open.length ? 5000 : 0);
    R.put("/outcome", body);
  }
})(window.roundsDay);

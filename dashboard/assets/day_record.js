// What happened at a door: three taps, and what else may be said of it; nothing of that is asked for.
(function (R) {
  "use strict";

  const { $, W, el, fill, choices, picked } = R;

  // Nothing is preset, so that no amount is recorded by habit: what is due is said, and taken over by a tap.
  function amounts(stop, title) {
    const part = Math.round(stop.overdue_minor / 200) * 100, entry = el("input", { class: "entry", inputmode: "decimal", placeholder: W.amount, "aria-label": title, id: "amount", autocomplete: "off" });
    const offer = (id, minor, text) => el("button", { type: "button", class: "button", id: id, onclick: () => {
      entry.value = String(minor / Math.pow(10, R.day.money.digits));
      entry.dispatchEvent(new Event("change", { bubbles: true }));
    } }, fill(text, { money: R.money(minor) }));
    return el("fieldset", {}, el("legend", {}, title), el("p", { class: "due" }, fill(W.amount_due, { money: R.money(stop.overdue_minor) })),
      el("div", { class: "choices" }, offer("amount-due", stop.overdue_minor, W.due), part ? offer("amount-half", part, W.half) : ""), entry);
  }
  function amountOf() {
    const text = $("amount").value.trim().replace(/[,，\s]/g, "");
    return /^\d{1,10}(\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * Math.pow(10, R.day.money.digits)) : NaN;
  }
  function dates() {
    const offered = R.day.promise_days;
    // Nothing is preset: a slip would record a promise for a day that nobody named.
    const field = choices("when", W.when, [...offered.map((one) => [one.day, one.text]), ["other", W.other_day]], null);
    const entry = el("input", { class: "entry", type: "date", hidden: true, min: R.day.day, "aria-label": W.when, id: "when" });
    field.append(entry);
    field.addEventListener("change", () => { entry.hidden = picked("when") !== "other"; });
    return field;
  }
  const ways = () => choices("how", W.how, W.ways, null);

  // ---- what else may be said: closed at first, and nothing of it is asked for
  function details(stop, code) {
    const effect = el("p", { class: "effect", id: "effect" });
    const note = el("textarea", { class: "entry", id: "note", rows: 2, maxlength: W.longest + 80, placeholder: W.note_hint, "aria-label": W.note });
    const wrong = el("p", { class: "error", role: "status", id: "note-wrong" });
    const answered = (name) => W[name + "_of"][code()] || "unknown"; // the form is on the page when this is asked
    const box = el("details", { class: "details", id: "details" }, el("summary", {}, W.details),
      choices("evidence", W.evidence, W.evidences, ""), effect,
      choices("willing", W.willing, W.answers, "unknown"),
      choices("able", W.able, W.answers, "unknown"),
      choices("next_action", W.next_action, W.next_actions, null),
      el("label", { class: "field" }, el("span", {}, W.note), note), wrong);
    const show = () => { const kind = picked("evidence"); effect.textContent = (kind && stop.clock[kind]) || ""; effect.hidden = !effect.textContent; };
    box.addEventListener("change", (event) => { if (event.target.name) box["said_" + event.target.name] = true; show(); });
    note.addEventListener("input", () => { wrong.textContent = R.lint(note.value).join(" "); });
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
    for (const [pattern, told] of W.lint) {
      const hit = text.match(new RegExp(pattern, "iu"));
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

  let recorded = -1e9;
  R.sheet = function (stop, kind, chosenCode) {
    // The second tap of a double tap on Save falls on the bar below it: that is not the next outcome.
    if (performance.now() - recorded < 600) return;
    const began = R.began ? R.began(stop) : new Date(), title = R.named(stop);
    const error = el("div", { class: "error", role: "alert" });
    // The form's own fields, and what they say: {code, …} or {wrong}.
    function form(heading, fields, read) {
      const more = details(stop, () => read().code || "");
      const save = el("button", { class: "button main save", id: "save", onclick: () => {
        const outcome = read(), also = said();
        const unsaid = $("sheet").querySelector("input[name=begun]") && !picked("begun") ? W.begun_unsaid : "";
        const wrong = [outcome.wrong, unsaid, also.wrong].flat().filter(Boolean);
        error.replaceChildren(...wrong.map((text) => el("p", {}, text)));
        if (wrong.length) { $("note-wrong").textContent = ""; return; } // all is told here, and nothing twice
        if (R.ahead()) { error.textContent = fill(W.day_ahead_clock, { day: R.day.opens_text }); return; } // the form stays
        record(stop, picked("begun") ? new Date(picked("begun")) : began, { ...also, ...outcome });
      } }, W.save);
      const box = R.present(heading + " · " + title, R.begun ? R.begun(stop, began) : "", ...fields, more, el("div", { class: "feet" }, error, save));
      for (const field of fields) field.addEventListener("change", more.follow);
      more.addEventListener("input", () => error.replaceChildren()); // what is written is read again as it is written
      more.follow();
      return box;
    }
    if (kind === "paid") {
      form(W.paid, [amounts(stop, W.how_much), ways()], () => {
        const minor = amountOf();
        if (!(minor > 0)) return { wrong: W.wrong_amount, code: "PAID_PART" };
        return { code: minor >= stop.overdue_minor ? "PAID_FULL" : "PAID_PART", paid_minor: minor, promised_how: picked("how") };
      });
    } else if (kind === "promise") {
      form(W.promise, [dates(), amounts(stop, W.how_much), ways()], () => {
        const minor = amountOf(), on = picked("when") === "other" ? $("when").value : picked("when");
        const wrong = [on ? (on < R.day.day ? W.wrong_day : "") : W.no_day, minor > 0 ? "" : W.wrong_amount].filter(Boolean);
        if (wrong.length) return { wrong: wrong, code: "PTP_LATER" };
        const days = Math.round((Date.parse(on) - Date.parse(R.day.day)) / 864e5);
        return { code: days <= 2 ? "PTP_2D" : days <= 3 ? "PTP_3D" : "PTP_LATER", promised_on: on, promised_minor: minor, promised_how: picked("how") };
      });
    } else if (kind === "absent") {
      form(W.absent, [choices("code", W.what, W.absences, W.absences[0][0])], () => ({ code: picked("code") }));
    } else if (kind === "code") {
      form(W.outcomes[chosenCode], [], () => ({ code: chosenCode }));
    } else {
      const groups = W.more_groups.map(([heading, codes]) => el("div", { class: "kinds" }, el("h3", {}, heading),
        ...codes.map(([code, text]) => el("button", { class: "button wide", "data-code": code, onclick: () => R.sheet(stop, "code", code) }, text))));
      R.present(W.more + " · " + title, ...groups);
    }
  };

  // ---- a wrong pin: the map is moved under it; where the phone itself is, nobody asks
  R.correctPin = function (stop) {
    const atlas = R.openAtlas(W.pin_title + " " + R.named(stop), el("div", { class: "below" }, el("p", {}, W.pin_help),
      el("button", { class: "button main save", id: "pin-save", onclick: () => {
        const [lon, lat] = R.degrees(atlas.map.at.x, atlas.map.at.y);
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
    const body = { outcome_id: R.uuid(), debtor_id: stop.debtor_id, place_id: stop.place_id, plan_id: stop.plan_id || R.day.plan_id, started_at: began.toISOString(), ended_at: new Date().toISOString(), correction: Boolean(stop.outcome), replaces: stop.outcome_id || "", ...outcome };
    R.apply({ path: "/outcome", body: body });
    $("sheet").close();
    recorded = performance.now();
    R.chosen = null;
    R.render();
    R.toast(W.saved);
    R.put("/outcome", body);
  }
})(window.roundsDay);

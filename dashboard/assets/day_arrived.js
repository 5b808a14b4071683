// "At the door": one tap when the crew stands there, so that the visit's minutes and the drive before it are known.
// Nobody must tap, nobody is asked where the phone is. What is recorded without it says when, not how long.
(function (R) {
  "use strict";

  const { el, fill, icon } = R;
  const KEPT = "rounds-at-the-door";
  const LONGEST_MS = 150 * 60000;

  function kept() {
    return R.stored(KEPT, {});
  }
  function since(stop) {
    const at = kept()[R.day.day + " " + stop.place_id], when = at ? new Date(at) : null;
    const ago = when ? Date.now() - when.getTime() : -1;
    return ago >= 0 && ago < LONGEST_MS ? when : null;
  }
  function toggle(stop) {
    const all = {}, here = R.day.day + " " + stop.place_id, before = kept();
    for (const key of Object.keys(before)) if (key.startsWith(R.day.day)) all[key] = before[key];
    if (since(stop)) delete all[here];
    else all[here] = new Date().toISOString();
    R.keep(KEPT, all);
    R.render();
  }

  // When a visit began: as tapped, else now. An outcome that is put right keeps no arrival of its own.
  R.began = (stop) => (stop.outcome ? null : since(stop)) || new Date();

  R.arrival = function (stop) {
    if (!R.day.may_record || stop.outcome || !R.day.today) return "";
    const when = since(stop);
    const time = when ? when.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false }) : "";
    return el("div", { class: "also" }, el("button", { class: "button quiet wide", id: "arrived", "aria-pressed": String(Boolean(when)), onclick: () => toggle(stop) },
      icon("pin"), when ? fill(R.W.at_door_since, { time: time }) : R.W.at_door));
  };
})(window.roundsDay);

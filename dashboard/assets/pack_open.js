// The lock of a day pack, and what it keeps: each entry sealed for itself under the pack's key, nothing readable besides.
(function (S) {
  "use strict";

  const $ = (id) => document.getElementById(id), L = JSON.parse($("lock-words").textContent);
  const say = (text) => { $("lock-told").textContent = text; };
  let pack, header;
  try {
    pack = JSON.parse($("sealed").textContent);
    header = JSON.parse(pack.header);
    if (header.format !== "rounds-pack/1" || typeof pack.sealed !== "string" || !(Date.parse(header.ends_at) > 0)) throw new Error("format");
  } catch (_) { say(L.damaged); return; }

  // ---- what is kept: in the browser where it keeps anything for a file, else until the page is closed
  const PREFIX = "rounds-pack:" + header.pack_id + ":", kept = new Map();
  let lasting = true;
  try {
    for (let k = 0; k < localStorage.length; k += 1) {
      const name = localStorage.key(k);
      if (name.startsWith(PREFIX)) kept.set(name.slice(PREFIX.length), localStorage.getItem(name));
    }
    localStorage.setItem(PREFIX + "try", "1");
    localStorage.removeItem(PREFIX + "try");
  } catch (_) { lasting = false; }
  const entries = () => Object.fromEntries([...kept].filter(([slot]) => slot.startsWith("e:")));
  const carry = () => S.saveCarried(pack.header, entries());
  function keep(slot, sealed) {
    kept.set(slot, sealed);
    try { localStorage.setItem(PREFIX + slot, sealed); } catch (_) { lasting = false; }
  }

  async function vault(key) {
    const values = new Map(), read = [];
    let unread = 0, writing = Promise.resolve();
    for (const [slot, sealed] of kept) {
      try {
        const value = JSON.parse(await S.open(key, S.about(pack.header, slot), sealed));
        if (slot.startsWith("e:")) read.push(value);
        else values.set(slot, value);
      } catch (_) { unread += 1; }
    }
    read.sort((a, b) => (a.at < b.at ? -1 : 1));
    const write = (slot, value) => { writing = writing.then(async () => keep(slot, await S.seal(key, S.about(pack.header, slot), JSON.stringify(value)))); return writing; };
    const slotOf = (name) => "v:" + name.split(":")[0]; // without the address of the day that follows
    return {
      entries: read,
      unread: unread,
      lasting: () => lasting,
      get: (name, otherwise) => (values.has(slotOf(name)) ? values.get(slotOf(name)) : otherwise),
      keep: (name, value) => { values.set(slotOf(name), value); return write(slotOf(name), value); },
      add: (entry) => { entry.at = new Date().toISOString(); return write("e:" + (entry.body.outcome_id || entry.body.change_id), entry); },
      names: () => Object.keys(entries()),
      carry: () => writing.then(carry),
    };
  }

  // ---- the day, once it is open
  function fillIn(content) {
    for (const name of ["day", "words"]) {
      const data = document.createElement("script");
      data.type = "application/json";
      data.id = name;
      data.textContent = JSON.stringify(content[name]);
      document.body.append(data);
    }
    const day = content.day;
    document.title = day.title;
    $("pack-title").textContent = day.day_text;
    $("pack-crew").textContent = [day.crew_name, ...day.members].join(" · ");
    $("pack-hours").textContent = day.hours;
    $("bar").setAttribute("aria-valuemax", day.stops.length);
    $("lock").hidden = true;
    $("pack").hidden = false;
  }
  function carrying(R, content) {
    const W = R.W, said = () => {
      const carried = R.vault.get("rounds-carried", []), all = R.vault.names().every((one) => carried.includes(one));
      $("waiting").hidden = R.queue.length === 0;
      $("waiting").textContent = S.fill(all ? W.carried : W.waiting, { n: R.queue.length });
    };
    R.told = said;
    $("carry").addEventListener("click", async () => {
      if (!R.vault.names().length) { R.toast(W.carry_none); return; }
      const name = await R.vault.carry();
      await R.vault.keep("rounds-carried", R.vault.names());
      said();
      R.present(W.carry_title, R.el("p", {}, S.fill(W.carry_saved, { name: name, n: R.vault.names().length })), R.el("p", {}, W.carry_then),
        R.el("a", { class: "button main save", id: "carry-open", href: content.upload, target: "_blank", rel: "noopener noreferrer" }, W.carry_open),
        R.el("p", { class: "small" }, W.carry_note));
    });
    const wrong = [lasting ? "" : W.no_store, R.vault.unread ? S.fill(W.unread, { n: R.vault.unread }) : ""].filter(Boolean);
    $("kept-wrong").textContent = wrong.join(" ");
    $("kept-wrong").hidden = !wrong.length;
    addEventListener("beforeunload", (event) => { if (!R.vault.lasting() && R.queue.length) event.preventDefault(); });
    said();
  }

  const over = () => Date.now() > Date.parse(header.ends_at);
  async function unlock() {
    const go = $("lock-open");
    go.disabled = true;
    say(L.opening);
    try {
      const key = await S.key($("lock-phrase").value, header);
      const content = JSON.parse(await S.open(key, pack.header, pack.sealed));
      window.roundsVault = await vault(key);
      fillIn(content);
      window.roundsRun();
      carrying(window.roundsDay, content);
      const again = () => { if (over()) location.reload(); };
      setInterval(again, 60000);
      document.addEventListener("visibilitychange", again);
    } catch (_) {
      say(L.wrong);
      go.disabled = false;
    }
  }

  // What was recorded can be carried back without the phrase, sealed as it is, long after the pack has ended.
  const count = Object.keys(entries()).length;
  $("lock-kept").hidden = $("lock-carry").hidden = count === 0;
  $("lock-kept").textContent = S.fill(L.kept, { n: count });
  $("lock-carry").addEventListener("click", carry);
  if (!S.able()) { say(L.unable); return; }
  if (over()) { say(L.over); return; }
  if (Date.now() < Date.parse(header.made_at) - 36e5) { say(L.clock); return; }
  say(L.locked);
  $("lock-form").hidden = false;
  $("lock-form").addEventListener("submit", (event) => { event.preventDefault(); unlock(); });
})(window.roundsSeal);

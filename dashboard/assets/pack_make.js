// Making a day pack: the server gives the day over the line, this page seals it. The phrase is made and shown here once.
(function (S) {
  "use strict";

  const $ = (id) => document.getElementById(id), page = JSON.parse($("page").textContent), W = page.words;
  const say = (text) => { $("told").textContent = text; $("told").hidden = !text; };

  async function make() {
    $("make").disabled = true;
    say(W.making);
    try {
      const answer = await fetch(page.api + "/pack", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ pack_id: S.uuid() }) });
      const parts = await answer.json();
      if (!answer.ok) { say(parts.error || W.no_line); $("make").disabled = false; return; }
      show(parts.name, ...(await sealed(parts)));
    } catch (_) {
      say(W.no_line);
      $("make").disabled = false;
    }
  }
  async function sealed(parts) {
    const phrase = S.phrase(), header = JSON.stringify({ ...parts.header, salt: S.random(16) });
    const content = { ...parts.content, upload: location.origin + parts.content.upload };
    const key = await S.key(phrase, JSON.parse(header));
    const pack = { header: header, sealed: await S.seal(key, header, JSON.stringify(content)) };
    return [phrase, parts.file.split(page.place).join(JSON.stringify(pack).replace(/</g, "\\u003c"))];
  }
  function show(name, phrase, file) {
    say(W.made);
    $("phrase").textContent = S.shown(phrase);
    $("save").addEventListener("click", () => S.save(name, "text/html", file));
    $("made").hidden = false;
    $("before").hidden = true;
  }

  // Until this script is here a tap would be lost, so the button waits for it.
  if (S.able()) { $("make").addEventListener("click", make); $("make").disabled = !("stops" in $("make").dataset); }
  else say(W.unable);
})(window.roundsSeal);

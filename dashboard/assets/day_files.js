// A crew's files: fetched with a sign that one is being made. Without this script the links work as they are.
(function () {
  "use strict";

  const box = document.getElementById("files");
  if (!box) return;
  const said = document.getElementById("file-said");

  function tell(text, failed) {
    said.textContent = text;
    said.classList.toggle("failed", Boolean(failed));
  }

  function named(answer) {
    const found = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get("content-disposition") || "");
    return found ? decodeURIComponent(found[1]) : "rounds";
  }

  async function take(link) {
    link.setAttribute("aria-busy", "true");
    tell(said.dataset.making);
    try {
      const answer = await fetch(link.href, { credentials: "same-origin", cache: "no-store" });
      if (!answer.ok) {
        const body = await answer.json().catch(() => ({}));
        tell(body.error || said.dataset.failed, true);
        return;
      }
      const name = named(answer), url = URL.createObjectURL(await answer.blob());
      const out = document.createElement("a");
      out.href = url;
      out.download = name;
      out.click();
      setTimeout(() => URL.revokeObjectURL(url), 60000);
      tell(said.dataset.done.replace("{file}", name));
    } catch (_error) {
      tell(said.dataset.failed, true);
    } finally {
      link.removeAttribute("aria-busy");
    }
  }

  box.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-file]");
    if (!link) return;
    event.preventDefault();
    if (link.getAttribute("aria-busy") !== "true") take(link);
  });
})();

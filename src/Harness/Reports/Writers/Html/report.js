"use strict";
(() => {
  const words = document.getElementById("words");
  const unclean = document.getElementById("unclean");
  document.documentElement.classList.add("has-scripts");

  function filter() {
    const wanted = words.value.trim().toLowerCase();
    for (const item of document.querySelectorAll(".item")) {
      const isClean = item.dataset.verdict === "clean";
      item.hidden = (unclean.checked && isClean) || !item.textContent.toLowerCase().includes(wanted);
    }
  }
  words.addEventListener("input", filter);
  unclean.addEventListener("change", filter);

  async function copy(text, button) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // A page from a file may have no clipboard: then the command is selected, to be copied by hand.
      getSelection().selectAllChildren(button.previousElementSibling);
      button.textContent = "selected";
      return;
    }
    button.textContent = "copied";
  }
  for (const line of document.querySelectorAll(".replay")) {
    const button = document.createElement("button");
    button.textContent = "copy";
    button.addEventListener("click", () => copy(line.querySelector("code").textContent, button));
    line.append(button);
  }

  // A link to a folded part opens it.
  function open() {
    const target = document.getElementById(location.hash.slice(1));
    if (target instanceof HTMLDetailsElement) target.open = true;
  }
  addEventListener("hashchange", open);
  open();
})();

// Keys for the list of cases: j and k walk, x ticks, a ticks all, Enter opens, / searches. Without this file everything works.
(function () {
  "use strict";
  var here = -1;

  function rows() { return Array.prototype.slice.call(document.querySelectorAll("#cases .case-row")); }

  function stand(at) {
    var all = rows();
    if (!all.length) { return; }
    here = Math.max(0, Math.min(at, all.length - 1));
    all.forEach(function (row, place) { row.classList.toggle("here", place === here); });
    all[here].querySelector("a").focus({ preventScroll: true });
    all[here].scrollIntoView({ block: "nearest" });
  }

  function boxes() { return Array.prototype.slice.call(document.querySelectorAll("#cases .case-row input[type=checkbox]")); }

  function tickAll(on) { boxes().forEach(function (box) { box.checked = on; }); }

  function isTyping(target) {
    return /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) && target.type !== "checkbox";
  }

  document.documentElement.classList.add("has-script");
  document.addEventListener("change", function (event) {
    if (event.target.id === "all") { tickAll(event.target.checked); }
  });

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) { return; }
    if (event.key === "j") { stand(here + 1); }
    else if (event.key === "k") { stand(here - 1); }
    else if (event.key === "a") { tickAll(!boxes().every(function (box) { return box.checked; })); }
    else if (event.key === "/") {
      event.preventDefault();
      document.getElementById("find").focus();
    } else if (event.key === "x" && rows()[here]) {
      var box = rows()[here].querySelector("input[type=checkbox]");
      if (box) { box.checked = !box.checked; }
    }
  });

  // Rows that are ticked are being worked on: the list doesn't fetch itself anew under the reader's hands.
  document.addEventListener("htmx:before:request", function (event) {
    var asks = event.target && event.target.id === "cases";
    if (asks && document.querySelector("#cases input:checked")) { event.preventDefault(); }
  });
})();

// The validator's form: files can be dropped on it, and what is too much is said before it is sent.
"use strict";

(() => {
  const form = document.getElementById("validator");
  const drop = document.getElementById("drop");
  const input = document.getElementById("file");
  const chosen = document.getElementById("file-chosen");
  const button = document.getElementById("check");
  const progress = document.getElementById("progress");
  const mostBytes = Number(form.dataset.bytes);
  const mostFiles = Number(form.dataset.files);
  const size = (bytes) => bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

  const tell = () => {
    const files = [...input.files];
    const bytes = files.reduce((sum, file) => sum + file.size, 0);
    const names = files.length > 3 ? `${files.length} files` : files.map((file) => file.name).join(", ");
    let wrong = "";
    if (bytes > mostBytes - 2000 * files.length) {
      wrong = `That is too much: ${size(bytes)}, and ${size(mostBytes)} can be sent at a time.`;
    } else if (files.length > mostFiles) {
      wrong = `Those are too many: ${files.length} files, and ${mostFiles} can be sent at a time.`;
    }
    input.setCustomValidity(wrong);
    chosen.textContent = wrong || (files.length ? `${names} (${size(bytes)})` : "");
    chosen.classList.toggle("message", Boolean(wrong));
  };
  input.addEventListener("change", tell);

  drop.querySelector(".drag").hidden = false;
  const carriesFiles = (event) => [...event.dataTransfer.types].includes("Files");
  // a file that misses the field must not replace the page
  ["dragover", "drop"].forEach((name) => document.addEventListener(name, (event) => {
    if (carriesFiles(event)) {
      event.preventDefault();
    }
  }));
  drop.addEventListener("dragover", () => drop.classList.add("over"));
  ["dragleave", "drop"].forEach((name) => drop.addEventListener(name, () => drop.classList.remove("over")));
  drop.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) {
      return;
    }
    input.files = event.dataTransfer.files;
    tell();
    button.focus();
  });

  form.addEventListener("submit", () => {
    button.disabled = true;
    progress.textContent = "Sending and checking …";
  });
  // the page comes back from the browser's memory when one goes back to it
  window.addEventListener("pageshow", () => {
    button.disabled = false;
    progress.textContent = "";
    tell();
  });
})();

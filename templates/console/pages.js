// A chosen file goes into the field it is meant for, to be looked over before it is sent.
for (const chooser of document.querySelectorAll("input[type=file][data-into]")) {
  const field = document.getElementById(chooser.dataset.into);
  chooser.closest("[data-needs-script]").hidden = false;
  chooser.addEventListener("change", async () => {
    const [file] = chooser.files;
    if (file) {
      field.value = await file.text();
      field.focus();
    }
  });
}

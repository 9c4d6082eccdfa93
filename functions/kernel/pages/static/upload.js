// Sends a file and shows how far it has come. Where no script runs, the same form sends the same file.
(() => {
  const part = (id) => document.getElementById(id);
  const form = part("upload");
  const input = part("file");
  const { fields, then, most } = form.dataset;
  const PATIENCE = 60_000;
  let request = null;

  const megabytes = (bytes) => `${Math.ceil((10 * bytes) / 2 ** 20) / 10} MB`;

  function show(sending) {
    part("sending").hidden = !sending;
    part("ready").hidden = sending;
    part("group").hidden = sending;
  }

  // What is wrong, beside the field. The words about the item are kept elsewhere, so nothing has to be typed again.
  function complain(sentence) {
    request = null;
    show(false);
    part("file-error").hidden = !sentence;
    part("group").classList.toggle("govuk-form-group--error", Boolean(sentence));
    part("problem").textContent = sentence;
    if (sentence) input.focus();
  }

  function wrong(file) {
    if (!file) return "Choose a file";
    if (file.size === 0) return "This file is empty. Choose another";
    if (file.size > Number(most)) {
      return `This file has ${megabytes(file.size)}, and the library takes ${megabytes(Number(most))}. ` +
        "Compress its pictures, or take out films and sound, and choose it again";
    }
    const ending = /\.[^.]+$/.exec(file.name.toLowerCase());
    if (!ending || !input.accept.split(",").includes(ending[0])) {
      return "The library takes PDF, Word, PowerPoint, Excel, OpenDocument and text files, and never a recording";
    }
    return "";
  }

  function send(file) {
    const body = new FormData();
    for (const [name, value] of Object.entries(JSON.parse(fields))) body.append(name, value);
    body.append("file", file);

    const mine = new XMLHttpRequest();
    let patience;
    let announced = -1;
    const broken = (sentence) => {
      clearTimeout(patience);
      if (request === mine) complain(sentence);
    };
    const wait = () => {
      clearTimeout(patience);
      patience = setTimeout(() => {
        broken("Nothing has moved for a minute. Check your connection, and send the file again");
        mine.abort();
      }, PATIENCE);
    };
    mine.upload.onprogress = ({ loaded, total }) => {
      wait();
      const share = Math.floor((100 * loaded) / total);
      part("bar").value = share;
      // Somebody who listens hears four steps and not a hundred.
      const step = Math.floor(share / 25);
      if (step === announced) return;
      announced = step;
      part("said").textContent = share < 100 ? `${share}% sent` : "All sent. One moment";
    };
    mine.onload = () => {
      clearTimeout(patience);
      if (mine.status === 201) window.location.assign(then);
      else broken("Your file was not taken. This page may have been open for too long: open it again, and send the file");
    };
    mine.onerror = () => broken("Your file did not reach us. Check your connection, and send it again");
    complain("");
    request = mine;
    part("bar").value = 0;
    part("said").textContent = "0% sent";
    show(true);
    // The button that had the focus has gone.
    part("sending").focus();
    wait();
    mine.open("POST", form.action);
    mine.send(body);
  }

  form.noValidate = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [file] = input.files;
    const sentence = wrong(file);
    if (sentence) complain(sentence);
    else send(file);
  });
  part("stop").addEventListener("click", () => {
    const stopped = request;
    complain("You have stopped sending. Choose a file to send it again");
    stopped?.abort();
  });
  // A page that comes back by the browser's Back button starts anew.
  window.addEventListener("pageshow", () => complain(""));
})();

// Makes a button do something for as long as it is held, by pointer or by key. Who can only click it, as voice
// control does, gets that for a second.

const CLICK_LASTS = 1000; // ms

function holdable(button, start, stop) {
  const isPress = (event) => [" ", "Enter"].includes(event.key);
  const listeners = {
    pointerdown: (event) => {
      button.setPointerCapture(event.pointerId);
      start();
    },
    pointerup: stop,
    pointercancel: stop,
    lostpointercapture: stop,
    keydown: (event) => {
      if (!isPress(event)) return;
      event.preventDefault(); // or it would be a click too
      if (!event.repeat) start();
    },
    keyup: (event) => isPress(event) && stop(),
    blur: stop,
    click: (event) => {
      if (event.detail > 0) return; // by a pointer, which has held it
      start();
      setTimeout(stop, CLICK_LASTS);
    },
    contextmenu: (event) => event.preventDefault(),
  };
  for (const [type, listener] of Object.entries(listeners)) button.addEventListener(type, listener);
}

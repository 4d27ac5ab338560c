// Starts a desk in the element that Streamlit gives.

const DESKS = new WeakMap();

// Streamlit calls this whenever the page is drawn, with a new answer or with the same one.
export default function mount({ parentElement, data, setTriggerValue }) {
  let desk = DESKS.get(parentElement);
  if (!desk) {
    desk = new Desk(parentElement);
    DESKS.set(parentElement, desk);
  }
  desk.courier.receive(data, (message) => setTriggerValue("exchange", message));
  return () => {
    desk.close();
    DESKS.delete(parentElement);
  };
}

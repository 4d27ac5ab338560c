// Leaves this page once somebody signs out in another tab.

const SIGN_OUT = "mask-audit/sign-out"; // told by address_bar.js

export default function ({ data }) {
  const channel = new BroadcastChannel(SIGN_OUT);
  channel.onmessage = (message) => {
    if (message.data === data.cookie) location.replace(data.address);
  };
  return () => channel.close();
}

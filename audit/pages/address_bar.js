// Takes a personal link's secret from the address bar: into a cookie, or (seconds = 0) forgets the cookie too.

const SIGN_OUT = "mask-audit/sign-out";

export default function ({ data }) {
  const { parameter, cookie, seconds } = data;
  const address = new URL(location.href);
  if (cookie && seconds) {
    const secret = address.searchParams.getAll(parameter).at(-1);
    if (secret !== undefined) keep(cookie, secret, seconds);
  } else if (cookie) {
    keep(cookie, "", 0);
    tellOtherTabs(cookie);
  }
  if (!address.searchParams.has(parameter)) return;
  address.searchParams.delete(parameter);
  history.replaceState(history.state, "", address);
}

function keep(cookie, secret, seconds) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const value = encodeURIComponent(secret);
  document.cookie = `${cookie}=${value}; Max-Age=${seconds}; Path=/; SameSite=Strict${secure}`;
}

function tellOtherTabs(cookie) {
  const channel = new BroadcastChannel(SIGN_OUT);
  channel.postMessage(cookie);
  channel.close();
}

// Moves a personal link's secret from the address bar into a cookie, or (seconds = 0) forgets both.

export default function ({ data }) {
  const { parameter, cookie, seconds } = data;
  const address = new URL(location.href);
  const secret = seconds ? address.searchParams.getAll(parameter).at(-1) : "";
  if (secret !== undefined) {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    const value = encodeURIComponent(secret);
    document.cookie = `${cookie}=${value}; Max-Age=${seconds}; Path=/; SameSite=Strict${secure}`;
  }
  if (!address.searchParams.has(parameter)) return;
  address.searchParams.delete(parameter);
  history.replaceState(history.state, "", address);
}

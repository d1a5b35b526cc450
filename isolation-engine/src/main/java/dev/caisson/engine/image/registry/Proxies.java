package dev.caisson.engine.image.registry;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Which proxy leads to a server, by the rules that other programs have for
 * {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY}. Loopback is always
 * reached without one.
 *
 * @param http for plain HTTP, or null
 * @param https for HTTPS, or null
 * @param direct hosts, domains with all below them, networks, or {@code *}: reached
 * without a proxy
 */
public record Proxies(@Nullable URI http, @Nullable URI https, List<String> direct) {

	public static final Proxies NONE = new Proxies(null, null, List.of());

	private static final int DEFAULT_PORT = 80;

	public Proxies {
		direct = List.copyOf(direct);
		check(http);
		check(https);
	}

	private static void check(@Nullable URI proxy) {
		if (proxy != null
				&& (!"http".equals(proxy.getScheme()) || proxy.getHost() == null || proxy.getUserInfo() != null)) {
			throw new IllegalArgumentException("proxy " + withoutSecret(proxy)
					+ ": must be http://host[:port], without user and password, which are not supported");
		}
	}

	private static String withoutSecret(URI proxy) {
		return proxy.getScheme() + "://" + ((proxy.getHost() != null) ? proxy.getHost() : "");
	}

	/**
	 * The proxies that these environment variables name; lower-case names win.
	 * @throws IllegalArgumentException if one is malformed
	 */
	public static Proxies of(Map<String, String> environment) {
		String direct = value(environment, "no_proxy");
		return new Proxies(uri(value(environment, "http_proxy")), uri(value(environment, "https_proxy")),
				Arrays.stream(direct.split(",")).map(String::strip).filter((rule) -> !rule.isEmpty()).toList());
	}

	private static String value(Map<String, String> environment, String name) {
		return environment.getOrDefault(name, environment.getOrDefault(name.toUpperCase(Locale.ROOT), ""));
	}

	private static @Nullable URI uri(String text) {
		if (text.isEmpty()) {
			return null;
		}
		return URI.create(text.contains("://") ? text : "http://" + text);
	}

	/** The proxy that leads to this server, or null. */
	@Nullable URI proxyFor(URI target) {
		URI proxy = "https".equals(target.getScheme()) ? this.https : this.http;
		String host = InsecureHosts.host(target.getAuthority());
		if (proxy == null || InsecureHosts.isLoopback(host)) {
			return null;
		}
		String authority = target.getAuthority();
		return this.direct.stream().anyMatch((rule) -> covers(rule, host, authority)) ? null : proxy;
	}

	private static boolean covers(String rule, String host, String authority) {
		Network network = Network.parse(rule);
		if (network != null) {
			InetAddress address = InsecureHosts.literal(host);
			return address != null && network.contains(address);
		}
		String domain = rule.startsWith("*.") ? rule.substring(1) : rule;
		String suffix = domain.startsWith(".") ? domain : "." + domain;
		return rule.equals("*") || rule.equalsIgnoreCase(authority) || rule.equalsIgnoreCase(host)
				|| host.endsWith(suffix.toLowerCase(Locale.ROOT));
	}

	ProxySelector selector() {
		return new ProxySelector() {

			@Override
			public List<Proxy> select(URI target) {
				URI proxy = proxyFor(target);
				if (proxy == null) {
					return List.of(Proxy.NO_PROXY);
				}
				int port = (proxy.getPort() < 0) ? DEFAULT_PORT : proxy.getPort();
				return List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.getHost(), port)));
			}

			@Override
			public void connectFailed(URI target, SocketAddress proxy, IOException failure) {
				// told to the caller by the request that failed
			}

		};
	}

}

package dev.caisson.web.endtoend;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Somebody who uses the dashboard, with cookies and forms: a process of its own, for the
 * service is in a network namespace of its own.
 */
final class Browser implements AutoCloseable {

	private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");

	private final Process process;

	private final PrintWriter requests;

	private final BufferedReader answers;

	private final String root;

	private Browser(Process process, String root) {
		this.process = process;
		this.root = root;
		this.requests = new PrintWriter(process.outputWriter(), true);
		this.answers = process.inputReader();
	}

	/** Signs in through the form. */
	static Browser signIn(Service service, String name, String password) throws Exception {
		Process process = new ProcessBuilder("nsenter", "-t", Long.toString(service.pid()), "-n",
				Path.of(System.getProperty("java.home"), "bin/java").toString(), "-XX:TieredStopAtLevel=1",
				"-XX:+UseSerialGC", "-cp",
				System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
				Browser.class.getName())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		Browser browser = new Browser(process, service.announced("dashboard +(http://[0-9.:]+)/"));
		Answer answer = browser.submit("/sign-in", "/sign-in", Map.of("username", name, "password", password));
		if (answer.status() != 302 || answer.location().contains("failed")) {
			browser.close();
			throw new AssertionError("sign-in: " + answer);
		}
		return browser;
	}

	Answer get(String path) throws IOException {
		return exchange("GET " + this.root + path);
	}

	/** Sends a form as the page at a path has it, with its token. */
	Answer submit(String page, String action, Map<String, String> fields) throws IOException {
		Matcher token = TOKEN.matcher(get(page).body());
		if (!token.find()) {
			throw new AssertionError(page + " has no form");
		}
		String form = fields.entrySet()
			.stream()
			.map((field) -> "&" + field.getKey() + "=" + encode(field.getValue()))
			.collect(Collectors.joining());
		return post(action, "_csrf=" + encode(token.group(1)) + form);
	}

	Answer post(String action, String form) throws IOException {
		return exchange("POST " + this.root + action + " " + form);
	}

	private static String encode(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

	private Answer exchange(String request) throws IOException {
		this.requests.println(request);
		String line = this.answers.readLine();
		if (line == null) {
			throw new IOException("no answer to " + request);
		}
		List<String> parts = List.of(line.split(" ", 3));
		return new Answer(Integer.parseInt(parts.get(0)), parts.get(1),
				new String(Base64.getDecoder().decode(parts.get(2)), StandardCharsets.UTF_8));
	}

	/** Without further requests it ends by itself. */
	@Override
	public void close() {
		this.requests.close();
		this.process.onExit()
			.orTimeout(20, TimeUnit.SECONDS)
			.exceptionally((_) -> this.process.destroyForcibly())
			.join();
	}

	/** An answer: its status, where it sends to, its page. */
	record Answer(int status, String location, String body) {
	}

	/** Answers a request a line with a line, until there are no more. */
	public static void main(String[] arguments) throws Exception {
		BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		try (HttpClient client = HttpClient.newBuilder().cookieHandler(new CookieManager()).build()) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				HttpResponse<byte[]> answer = client.send(request(line.split(" ", 3)),
						HttpResponse.BodyHandlers.ofByteArray());
				System.out.println(answer.statusCode() + " " + answer.headers().firstValue("Location").orElse("-") + " "
						+ Base64.getEncoder().encodeToString(answer.body()));
			}
		}
	}

	private static HttpRequest request(String[] parts) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(parts[1])).header("Accept", "text/html");
		return parts[0].equals("GET") ? request.build()
				: request.header("Content-Type", "application/x-www-form-urlencoded")
					.POST(HttpRequest.BodyPublishers.ofString(parts[2]))
					.build();
	}

}

package dev.caisson.platform.container;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

import dev.caisson.platform.testing.UnixHttp;
import dev.caisson.platform.testing.UnixHttp.Answer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client of a service that is killed now and then. It uses one container after the
 * other and keeps what the service has acknowledged, and what it was asked and had not
 * answered when it died, of which both outcomes are right.
 */
final class CrashClient {

	/** What is known of a step of a container's life. */
	enum Step {

		/** Not asked for. */
		NOT,
		/** Asked for, and never answered. */
		PERHAPS,
		/** Acknowledged. */
		DONE

	}

	/** What is known of one container. */
	static final class Life {

		final String name;

		final boolean lasting;

		final int exitCode;

		Step created = Step.NOT;

		Step started = Step.NOT;

		Step ended = Step.NOT;

		Step removed = Step.NOT;

		int execsDone;

		int execsPerhaps;

		String id = "";

		Life(String name, boolean lasting, int exitCode) {
			this.name = name;
			this.lasting = lasting;
			this.exitCode = exitCode;
		}

		@Override
		public String toString() {
			return this.name + (this.lasting ? " lasting" : " brief") + " created=" + this.created + " started="
					+ this.started + " ended=" + this.ended + " removed=" + this.removed;
		}

	}

	private final UnixHttp api;

	private final int number;

	private final Random random;

	private final AtomicInteger acknowledged;

	private final List<Life> lives = new ArrayList<>();

	private int count;

	/**
	 * @param acknowledged counts what the service has acknowledged
	 */
	CrashClient(UnixHttp api, int number, AtomicInteger acknowledged) {
		this.api = api;
		this.number = number;
		this.random = new Random(number);
		this.acknowledged = acknowledged;
	}

	/** The containers that may still be there, or whose end was not checked yet. */
	List<Life> lives() {
		return this.lives;
	}

	/** Goes on until the service is dead. */
	void run() {
		try {
			while (true) {
				useOne();
			}
		}
		catch (IOException ex) {
			// what was asked last stays at PERHAPS
		}
	}

	private void useOne() throws IOException {
		Life life = new Life("c" + this.number + "-" + this.count++, this.random.nextBoolean(),
				1 + this.random.nextInt(100));
		this.lives.add(life);
		create(life);
		start(life);
		if (life.lasting) {
			// XX exec(life);
			logs(life);
			if (this.random.nextInt(4) > 0) {
				stop(life);
			}
			else {
				// it goes on, through the kills that follow
				return;
			}
		}
		else {
			await(life);
			logs(life);
		}
		if (this.random.nextInt(4) > 0) {
			remove(life);
		}
	}

	private void create(Life life) throws IOException {
		String script = life.lasting ? "echo hello; exec sleep 10000" : "echo hello; exit " + life.exitCode;
		life.created = Step.PERHAPS;
		Answer answer = ask(201, "/containers/create?name=" + life.name,
				ContainerService.request(LifecycleApiTests.command(script)));
		life.id = ContainerService.JSON.readTree(answer.body()).path("Id").asString();
		life.created = Step.DONE;
	}

	private void start(Life life) throws IOException {
		life.started = Step.PERHAPS;
		ask(204, "/containers/" + life.id + "/start", "");
		life.started = Step.DONE;
	}

	private void exec(Life life) throws IOException {
		Answer created = ask(201, "/containers/" + life.id + "/exec",
				"{\"AttachStdout\":true,\"Cmd\":[\"sh\",\"-c\",\"echo executed >> /execs; echo done\"]}");
		String exec = ContainerService.JSON.readTree(created.body()).path("Id").asString();
		life.execsPerhaps++;
		Answer output = ask(200, "/exec/" + exec + "/start", "{}");
		// a stream that was cut tells nothing
		if (output.body().contains("done")) {
			life.execsDone++;
		}
	}

	private void await(Life life) throws IOException {
		// it may have ended already, and nobody was told
		life.ended = Step.PERHAPS;
		Answer answer = ask(200, "/containers/" + life.id + "/wait", "");
		if (answer.body().isEmpty()) {
			throw new IOException("the service has gone");
		}
		assertThat(answer.body()).as("%s", life).contains("\"StatusCode\":" + life.exitCode);
		life.ended = Step.DONE;
	}

	private void logs(Life life) throws IOException {
		Answer answer = this.api.get("/containers/" + life.id + "/logs?stdout=1");
		assertThat(answer.status()).as(answer.body()).isEqualTo(200);
		if (life.ended == Step.DONE) {
			assertThat(answer.body()).as("the log of %s", life).contains("hello");
		}
	}

	private void stop(Life life) throws IOException {
		life.ended = Step.PERHAPS;
		ask(204, "/containers/" + life.id + "/stop?t=0", "");
		life.ended = Step.DONE;
	}

	private void remove(Life life) throws IOException {
		life.removed = Step.PERHAPS;
		Answer answer = this.api.delete("/containers/" + life.id);
		assertThat(answer.status()).as(answer.body()).isEqualTo(204);
		life.removed = Step.DONE;
		this.acknowledged.incrementAndGet();
	}

	private Answer ask(int expected, String path, String body) throws IOException {
		Answer answer = body.isEmpty() ? this.api.post(path) : this.api.post(path, body);
		assertThat(answer.status()).as("%s: %s", path, answer.body()).isEqualTo(expected);
		this.acknowledged.incrementAndGet();
		return answer;
	}

}

package dev.caisson.engine.network;

import java.util.List;
import java.util.Optional;

import dev.caisson.engine.linux.Fd;
import org.jspecify.annotations.Nullable;

/**
 * A running container that is about to be taken off a network. If its default route went
 * there, another endpoint takes that over, with the published ports. Used once.
 */
public final class Detachment {

	private final Endpoint leaving;

	private final @Nullable Endpoint heirBefore;

	private final Fd namespace;

	private final Connections connections;

	private final NamespaceVisitor visitor;

	Detachment(Endpoint leaving, @Nullable Endpoint heirBefore, Fd namespace, Connections connections,
			NamespaceVisitor visitor) {
		this.leaving = leaving;
		this.heirBefore = heirBefore;
		this.namespace = namespace;
		this.connections = connections;
		this.visitor = visitor;
	}

	public Endpoint leaving() {
		return this.leaving;
	}

	/** What is to be on the ledger before {@link #apply}. */
	public List<String> enteredNames() {
		return heir().map(EndpointText::write).stream().toList();
	}

	/** What is to be struck from the ledger after {@link #apply}. */
	public List<String> struckNames() {
		Endpoint before = this.heirBefore;
		return (before != null) ? List.of(EndpointText.write(this.leaving), EndpointText.write(before))
				: List.of(EndpointText.write(this.leaving));
	}

	public void apply() {
		this.connections.release(this.leaving);
		heir().ifPresent((heir) -> {
			try (PreparedNamespace inside = this.visitor.adopt(this.namespace.duplicate(0))) {
				this.connections.promote(heir, inside.inside());
			}
		});
	}

	private Optional<Endpoint> heir() {
		return Optional.ofNullable(this.heirBefore).map((before) -> before.leading(this.leaving.ports()));
	}

}

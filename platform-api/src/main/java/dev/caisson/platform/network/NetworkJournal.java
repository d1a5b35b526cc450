package dev.caisson.platform.network;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caisson.engine.spec.NetworkId;
import dev.caisson.persistence.network.NetworkRecord;
import dev.caisson.persistence.network.NetworkRecords;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.stereotype.Component;

/** Writes networks down. What returned is on disk. */
@Component
final class NetworkJournal {

	private static final JsonMapper JSON = new JsonMapper();

	private final NetworkRecords records;

	NetworkJournal(NetworkRecords records) {
		this.records = records;
	}

	List<Network> all() {
		return this.records.all().stream().map(NetworkJournal::read).toList();
	}

	private static Network read(NetworkRecord record) {
		Kept kept = JSON.readValue(record.definition(), Kept.class);
		return new Network(new NetworkId(record.id()), record.created(), kept.definition(), Network.Kind.USER,
				kept.fixedSubnet());
	}

	/**
	 * Writes a new network down.
	 * @throws NetworkRefusedException if its definition is too long to be kept
	 */
	void add(Network network) {
		String text = JSON.writeValueAsString(new Kept(network.definition(), network.fixedSubnet()));
		if (text.length() > NetworkRecord.LONGEST_DEFINITION) {
			throw NetworkRefusedException.invalid("the definition of the network is too long: at most "
					+ NetworkRecord.LONGEST_DEFINITION + " characters can be kept");
		}
		this.records.add(new NetworkRecord(network.id().value(), network.name(), network.created(), text));
	}

	void remove(NetworkId id) {
		this.records.remove(id.value());
	}

	/** What is kept of a network. */
	record Kept(@JsonProperty("Definition") NetworkDefinition definition,
			@JsonProperty("FixedSubnet") boolean fixedSubnet) {
	}

}

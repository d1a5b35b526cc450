package dev.caisson.persistence.event;

import java.time.Instant;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

/** The statements behind {@link EventRecords}. */
interface EventRepository extends Repository<EventRecord, Long> {

	@Query("select * from event_record where sequence > :sequence order by sequence limit :limit")
	List<EventRecord> findAfter(long sequence, int limit);

	@Query("select min(sequence) from event_record where happened >= :time")
	@Nullable Long firstSince(Instant time);

	@Query("select * from event_record order by sequence desc limit 1")
	@Nullable EventRecord last();

	@Query("""
			select * from event_record where actor = :actor and action in (:actions)
			order by sequence desc limit 1""")
	@Nullable EventRecord latest(String actor, Set<String> actions);

	@Modifying
	@Query("delete from event_record where sequence <= :sequence")
	void deleteUntil(long sequence);

}

package dev.caisson.persistence.container;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

/** The statements behind {@link ContainerRecords}. */
interface ContainerRepository extends Repository<ContainerRecord, String> {

	List<ContainerRecord> findAllByOrderByCreated();

	Optional<ContainerRecord> findById(String id);

	@Modifying
	@Query("""
			update container_record set phase = :phase, pid = :pid, exit_code = :exitCode, oom_killed = :oomKilled,
				error = :error, started_at = :startedAt, finished_at = :finishedAt,
				restart_count = :restartCount, stopped_by_client = :stoppedByClient
			where id = :id""")
	boolean updateState(String id, String phase, int pid, int exitCode, boolean oomKilled, String error,
			@Nullable Instant startedAt, @Nullable Instant finishedAt, int restartCount, boolean stoppedByClient);

	@Modifying
	@Query("update container_record set definition = :definition where id = :id")
	boolean updateDefinition(String id, String definition);

	@Modifying
	@Query("update container_record set name = :name where id = :id")
	boolean updateName(String id, String name);

	@Modifying
	@Query("delete from container_record where id = :id")
	void deleteById(String id);

}

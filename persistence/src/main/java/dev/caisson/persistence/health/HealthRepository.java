package dev.caisson.persistence.health;

import java.util.List;

import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

/** The statements behind {@link HealthRecords}. */
interface HealthRepository extends Repository<HealthRecord, String> {

	List<HealthRecord> findAll();

	@Modifying
	@Query("""
			update health_record set status = :status, failing_streak = :failingStreak, log = :log
			where container = :container""")
	boolean update(String container, String status, int failingStreak, String log);

	@Modifying
	@Query("delete from health_record where container = :container")
	void delete(String container);

}

package dev.caisson.persistence.volume;

import java.util.List;

import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

/** The statements behind {@link VolumeRecords}. */
interface VolumeRepository extends Repository<VolumeRecord, String> {

	List<VolumeRecord> findAllByOrderByName();

	@Modifying
	@Query("delete from volume_record where name = :name")
	void deleteByName(String name);

}

package dev.caisson.persistence.network;

import java.util.List;

import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

/** The statements behind {@link NetworkRecords}. */
interface NetworkRepository extends Repository<NetworkRecord, String> {

	List<NetworkRecord> findAllByOrderByCreated();

	@Modifying
	@Query("delete from network_record where id = :id")
	void deleteById(String id);

}

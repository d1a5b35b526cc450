package dev.caisson.persistence.access;

import java.util.List;
import java.util.Optional;

import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

/** The statements behind {@link AccessRecords} for tokens. */
interface TokenRepository extends Repository<AccessToken, String> {

	List<AccessToken> findAllByOrderByCreated();

	Optional<AccessToken> findByDigest(String digest);

	@Modifying
	@Query("delete from access_token where id = :id")
	boolean deleteById(String id);

	@Modifying
	@Query("delete from access_token where owner = :owner")
	void deleteByOwner(String owner);

}

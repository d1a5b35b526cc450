package dev.caisson.platform.access;

/** What a request needs. */
public enum Permission {

	/** To see what there is. */
	READ,

	/** To change containers, images, networks and volumes, and to look into them. */
	OPERATE,

	/** To read the audit log and take evidence out of it. */
	AUDIT,

	/** To say who may do what, and to change the service itself. */
	ADMINISTER,

	/** Everybody who is known may: to see and change what is his own. */
	OWN

}

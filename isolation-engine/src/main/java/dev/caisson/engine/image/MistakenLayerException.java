package dev.caisson.engine.image;

/**
 * A member of an archive was not read because its name seemed known, but the image wants
 * another layer there. The name is to be forgotten; read again, the archive is fine.
 */
final class MistakenLayerException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final transient ArchivedLayer.Known mistaken;

	MistakenLayerException(ArchivedLayer.Known mistaken, Digest wanted) {
		super("archive: layer " + mistaken.name().hex() + " was taken for " + mistaken.diffId()
				+ ", which has the same name in another archive, but the image wants " + wanted
				+ ": load the archive once more");
		this.mistaken = mistaken;
	}

	ArchivedLayer.Known mistaken() {
		return this.mistaken;
	}

}

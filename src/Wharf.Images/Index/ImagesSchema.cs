using Wharf.State;

namespace Wharf.Images.Index;

/// <summary>The images' tables in the state database.</summary>
public static class ImagesSchema
{
    public static SchemaPart Part { get; } = new("images",
    [
        """
        -- Configurations, manifests and indexes, byte for byte: they are small, and their digests are their names.
        CREATE TABLE image_documents (
            digest TEXT NOT NULL PRIMARY KEY, media_type TEXT NOT NULL, content BLOB NOT NULL) WITHOUT ROWID;

        CREATE TABLE images (
            id TEXT NOT NULL PRIMARY KEY, parent TEXT, chain TEXT, manifest TEXT, target TEXT, target_type TEXT, target_size INTEGER,
            last_tagged INTEGER) WITHOUT ROWID;

        -- A tag has an empty digest, a repository digest an empty tag.
        CREATE TABLE image_names (
            repository TEXT NOT NULL, tag TEXT NOT NULL, digest TEXT NOT NULL, image TEXT NOT NULL REFERENCES images (id),
            PRIMARY KEY (repository, tag, digest)) WITHOUT ROWID;

        -- Which manifests and indexes belong to an image, so that they stay as long as it does.
        CREATE TABLE image_manifests (
            image TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE, digest TEXT NOT NULL, PRIMARY KEY (image, digest)) WITHOUT ROWID;

        -- rebuildable: see TarSource. ready: 0 while it is unpacked, 1 when it is safe on disk, 2 until then.
        CREATE TABLE image_layers (
            chain TEXT NOT NULL PRIMARY KEY, diff TEXT NOT NULL, parent TEXT, snapshot TEXT NOT NULL UNIQUE,
            size INTEGER NOT NULL, tar_size INTEGER NOT NULL, rebuildable INTEGER NOT NULL, ready INTEGER NOT NULL) WITHOUT ROWID;

        -- The compressed forms in which a layer is known, whether they are here or not.
        CREATE TABLE layer_blobs (
            diff TEXT NOT NULL, digest TEXT NOT NULL, media_type TEXT NOT NULL, size INTEGER NOT NULL, PRIMARY KEY (diff, digest)) WITHOUT ROWID;
        CREATE INDEX layer_blobs_digest ON layer_blobs (digest);

        -- Repositories in which a blob has been seen: where to mount it from, where to fetch it again.
        CREATE TABLE blob_sources (digest TEXT NOT NULL, repository TEXT NOT NULL, PRIMARY KEY (digest, repository)) WITHOUT ROWID;

        -- Files below DATAROOT/blobs; an incomplete one is a download that can go on.
        CREATE TABLE blobs (
            digest TEXT NOT NULL PRIMARY KEY, size INTEGER NOT NULL, complete INTEGER NOT NULL, touched INTEGER NOT NULL) WITHOUT ROWID;

        CREATE TABLE container_layers (
            container TEXT NOT NULL PRIMARY KEY, image TEXT, chain TEXT) WITHOUT ROWID;
        """,
        """
        -- 1 for repositories that were read without credentials: what they have can be fetched again by anybody.
        ALTER TABLE blob_sources ADD COLUMN open INTEGER NOT NULL DEFAULT 0;

        -- The run of the machine (boot_id of proc(5)) that wrote last: in another one, layers that are not safe have to be looked at.
        CREATE TABLE image_boot (id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1), boot TEXT NOT NULL);
        """,
        """
        CREATE TABLE image_uses (
            image TEXT NOT NULL PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE, used INTEGER NOT NULL) WITHOUT ROWID;
        """,
        """
        -- Bytes that the container may write (--storage-opt size=), to be set again when its directory is made again; 0 for no bound.
        ALTER TABLE container_layers ADD COLUMN bound INTEGER NOT NULL DEFAULT 0;
        """,
    ]);
}

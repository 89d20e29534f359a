using System.Collections.Concurrent;
using Wharf.Primitives;
using Wharf.State;

namespace Wharf.Images.Catalog;

/// <summary>When an image was brought here, or a container was last made of it. Kept across restarts, to a minute: nobody waits for it, and many starts write once.</summary>
internal sealed class LastUses
{
    private static readonly TimeSpan Grain = TimeSpan.FromMinutes(1);
    private readonly IStateDatabase _database;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<Digest, DateTimeOffset> _moments;

    public LastUses(IStateDatabase database, TimeProvider clock)
    {
        _database = database;
        _clock = clock;
        _moments = new(database.Read(connection => Sql.Query(connection, "SELECT image, used FROM image_uses",
            row => KeyValuePair.Create(Digest.TryParse(row.GetString(0), out Digest image) ? image : default, DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1))))));
    }

    public async ValueTask NoteAsync(Digest image)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        if (image.IsEmpty || (_moments.TryGetValue(image, out DateTimeOffset last) && now >= last && now - last < Grain))
        {
            return;
        }

        _moments[image] = now;
        // An image that goes takes its row with it.
        await _database.WriteRelaxedAsync(connection => Sql.Execute(connection,
            """
            INSERT INTO image_uses (image, used) SELECT id, $used FROM images WHERE id = $image
            ON CONFLICT (image) DO UPDATE SET used = excluded.used
            """,
            ("$image", image.ToString()), ("$used", now.ToUnixTimeMilliseconds()))).ConfigureAwait(false);
    }

    public DateTimeOffset? Of(Digest image) => _moments.TryGetValue(image, out DateTimeOffset moment) ? moment : null;
}

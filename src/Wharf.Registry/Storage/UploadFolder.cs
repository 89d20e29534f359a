using System.Collections.Concurrent;
using Wharf.Primitives;

namespace Wharf.Registry.Storage;

/// <summary>All uploads in progress, those of before the last restart included.</summary>
internal sealed class UploadFolder(StoreLayout layout, TimeProvider clock, int limit)
{
    private readonly ConcurrentDictionary<Guid, Upload> _uploads = new();

    public int Count => _uploads.Count;

    /// <summary>Finds the uploads that a former process left.</summary>
    public void Load()
    {
        foreach (string folder in Directory.EnumerateDirectories(layout.Uploads))
        {
            string owner = Path.Combine(folder, Upload.OwnerName), data = Path.Combine(folder, Upload.DataName);
            if (!Guid.TryParseExact(Path.GetFileName(folder), "D", out Guid id) || !File.Exists(owner)
                || File.ReadAllText(owner) is var repository && !StoreLayout.IsName(repository))
            {
                Directory.Delete(folder, recursive: true);
                continue;
            }

            var file = new FileInfo(data);
            var touched = new DateTimeOffset(file.Exists ? file.LastWriteTimeUtc : Directory.GetLastWriteTimeUtc(folder), TimeSpan.Zero);
            _uploads[id] = new Upload(id, repository, folder, file.Exists ? file.Length : 0, touched);
        }
    }

    public Upload Begin(string repository)
    {
        if (_uploads.Count >= limit)
        {
            throw RegistryFault.TooMany($"{limit} uploads are in progress already");
        }

        var id = Guid.NewGuid();
        string folder = layout.Upload(id);
        Directory.CreateDirectory(folder);
        try
        {
            File.WriteAllText(Path.Combine(folder, Upload.OwnerName), repository);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }

        return _uploads[id] = new Upload(id, repository, folder, 0, clock.GetUtcNow());
    }

    /// <exception cref="RegistryFault">There is no such upload in that repository.</exception>
    public Upload Get(string id, string repository) =>
        Guid.TryParseExact(id, "D", out Guid known) && _uploads.TryGetValue(known, out Upload? upload) && upload.Repository == repository
            ? upload
            : throw RegistryFault.UploadUnknown();

    /// <summary>Forgets an upload that is finished or given up; the caller has its turn.</summary>
    public void End(Upload upload)
    {
        _uploads.TryRemove(upload.Id, out _);
        upload.Close();
        upload.Dispose();
    }

    /// <summary>How many nobody has written to since <paramref name="before"/>.</summary>
    public int CountBefore(DateTimeOffset before) => _uploads.Values.Count(u => u.LastActive < before);

    /// <summary>Drops what nobody has written to since <paramref name="before"/>.</summary>
    /// <returns>How many.</returns>
    public async Task<int> PurgeAsync(DateTimeOffset before, CancellationToken ct)
    {
        int dropped = 0;
        foreach (Upload upload in _uploads.Values.Where(u => u.LastActive < before).ToList())
        {
            if (await upload.EnterAsync(TimeSpan.Zero, ct))
            {
                End(upload);
                upload.Leave();
                dropped++;
            }
        }

        return dropped;
    }
}

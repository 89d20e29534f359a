using System.Text.Json;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.OciRuntime.Containers;

/// <summary>The containers below a root directory: one directory each, made exclusively so that an id is taken once.</summary>
internal sealed class ContainerStore(string root)
{
    private const uint DirectoryMode = 0b111_000_000;

    public string DirectoryOf(string id) => Path.Combine(root, id);

    /// <exception cref="WharfException">Conflict: the id is in use. InvalidArgument: it cannot be one.</exception>
    public string Reserve(string id)
    {
        Check(id);
        Directory.CreateDirectory(root, (UnixFileMode)0b111_001_001);
        string directory = DirectoryOf(id);
        Errno errno = NameCalls.MakeDirectory(FileCalls.CurrentDirectory, directory, DirectoryMode);
        if (errno == Errno.EEXIST)
        {
            throw WharfException.Conflict("container with given ID already exists");
        }

        errno.ThrowIfError("mkdir", directory);
        return directory;
    }

    /// <summary>Keeps the record and the specification as it was read.</summary>
    public void Save(ContainerRecord record, ReadOnlySpan<byte> specification)
    {
        string directory = DirectoryOf(record.Id);
        AtomicFile.Write(Bundle.ConfigOf(directory), specification, durable: false);
        AtomicFile.Write(Path.Combine(directory, "state.json"), record.ToJson(), durable: false);
    }

    /// <exception cref="WharfException">NotFound: "container does not exist", the words engines look for.</exception>
    public Container Load(string id)
    {
        Check(id);
        try
        {
            byte[] json = File.ReadAllBytes(Path.Combine(DirectoryOf(id), "state.json"));
            return new Container(ContainerRecord.FromJson(json), DirectoryOf(id));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw WharfException.NotFound("container does not exist");
        }
        catch (JsonException e)
        {
            throw WharfException.DataLoss($"container {id}: state cannot be read: {e.Message}", e);
        }
    }

    public bool Exists(string id) => Directory.Exists(DirectoryOf(id));

    public IReadOnlyList<Container> All()
    {
        var found = new List<Container>();
        string[] directories = Directory.Exists(root) ? Directory.GetDirectories(root) : [];
        Array.Sort(directories, StringComparer.Ordinal);
        foreach (string directory in directories)
        {
            if (File.Exists(Path.Combine(directory, "state.json")))
            {
                found.Add(Load(Path.GetFileName(directory)));
            }
        }

        return found;
    }

    public void Remove(string id) => Directory.Delete(DirectoryOf(id), recursive: true);

    private static void Check(string id)
    {
        bool valid = id.Length is > 0 and <= 1024 && id is not ("." or "..");
        foreach (char c in id)
        {
            valid &= char.IsAsciiLetterOrDigit(c) || c is '_' or '+' or '-' or '.';
        }

        if (!valid)
        {
            throw WharfException.Invalid($"invalid container id format: {id}");
        }
    }
}

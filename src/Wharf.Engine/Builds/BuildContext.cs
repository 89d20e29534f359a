using Wharf.Build.Attestations;
using Wharf.Build.Copying;
using Wharf.Primitives;

namespace Wharf.Engine.Builds;

/// <summary>The files of one build, ready to copy from; what they lie in is removed when it is disposed.</summary>
internal sealed class BuildContext(string folder) : IDisposable
{
    private readonly List<IDisposable> _open = [];

    /// <summary>Null when there are no files: the Dockerfile came alone.</summary>
    public SourceTree? Files { get; set; }

    public string Dockerfile { get; set; } = "";

    public string DockerfileName { get; set; } = "Dockerfile";

    /// <summary>Rules of .dockerignore as they are written.</summary>
    public IgnorePatterns? Ignore { get; set; }

    /// <summary>The archive that the client sent, with the named contexts in it.</summary>
    public ArchiveTree? Sent { get; set; }

    /// <summary>Folders of the client that are read in place.</summary>
    public List<LocalTree> Folders { get; } = [];

    /// <summary>Keeps what was learned of files that stay where they are.</summary>
    public void Remember() => Folders.ForEach(f => f.SaveIndex());

    /// <summary>Where the files came from, when it was not the client.</summary>
    public BuildMaterial? Source { get; set; }

    /// <summary>Tells when that was made.</summary>
    public Func<CancellationToken, Task<DateTimeOffset?>>? Time { get; set; }

    /// <summary>Takes the Dockerfile out of the files; the default one may be written in small letters.</summary>
    /// <param name="name">As it was asked for.</param>
    /// <param name="text">Reads a file; null when it is not there.</param>
    /// <returns>The name that it has.</returns>
    /// <exception cref="WharfException">InvalidArgument: there is none.</exception>
    public string Take(string name, Func<string, string?> text)
    {
        const string Default = "Dockerfile";
        DockerfileName = name;
        if (text(name) is { } found)
        {
            Dockerfile = found.Length > 0 ? found : throw WharfException.Invalid($"the Dockerfile ({name}) cannot be empty");
            return name;
        }

        DockerfileName = Default.ToLowerInvariant();
        Dockerfile = (name == Default ? text(DockerfileName) : null) ?? throw WharfException.Invalid($"Cannot locate specified Dockerfile: {name}");
        return DockerfileName;
    }

    public string NewPath() => Path.Combine(folder, Guid.NewGuid().ToString("N"));

    public T Own<T>(T thing)
        where T : IDisposable
    {
        _open.Add(thing);
        return thing;
    }

    public void Dispose()
    {
        _open.ForEach(o => o.Dispose());
        Directory.Delete(folder, recursive: true);
    }
}

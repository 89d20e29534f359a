using Wharf.Cli.Framework.Commands;
using Wharf.Primitives;

namespace Wharf.Cli.Manifests;

/// <summary>Manifest lists that are being made, below <c>~/.docker/manifests</c>: a folder per list, a file per image, both named as Docker's client names them.</summary>
internal sealed class LocalManifests(string configDirectory)
{
    private readonly string _root = Path.Combine(configDirectory, "manifests");

    /// <summary>The images of a list, or null when there is no such list.</summary>
    public IReadOnlyList<ManifestRecord>? List(ImageReference list)
    {
        string folder = Folder(list);
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder).OrderBy(f => f, StringComparer.Ordinal).Select(f => ManifestRecord.Read(File.ReadAllBytes(f), f))]
            : null;
    }

    public ManifestRecord? Find(ImageReference list, ImageReference image)
    {
        string path = FileOf(list, image);
        return File.Exists(path) ? ManifestRecord.Read(File.ReadAllBytes(path), path) : null;
    }

    public void Save(ImageReference list, ImageReference image, ManifestRecord record)
    {
        Directory.CreateDirectory(Folder(list));
        AtomicFile.Write(FileOf(list, image), record.ToJson());
    }

    public void Remove(ImageReference list) => Directory.Delete(Folder(list), recursive: true);

    /// <summary>A name with its tag, in full.</summary>
    /// <exception cref="WharfException">It is none.</exception>
    public static ImageReference Parse(string text) => ImageReference.Parse(text).WithDefaultTag();

    /// <exception cref="CommandException">It is none; the text begins with <paramref name="what"/>.</exception>
    public static ImageReference Parse(string text, string what)
    {
        try
        {
            return Parse(text);
        }
        catch (WharfException e)
        {
            throw new CommandException($"{what} {text}: {e.Message}");
        }
    }

    private string Folder(ImageReference list) => Path.Combine(_root, Safe(list));

    private string FileOf(ImageReference list, ImageReference image) => Path.Combine(Folder(list), Safe(image));

    private static string Safe(ImageReference reference) => reference.ToString().Replace(':', '-').Replace('/', '_');
}

using System.Formats.Tar;
using Wharf.Cli.Framework.Commands;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Cli.Builds;

/// <summary>A folder with an OCI layout, whose index names each image or cache in it by a tag.</summary>
internal static class LayoutFolder
{
    private const string TagAnnotation = "org.opencontainers.image.ref.name", DefaultTag = "latest";

    /// <summary>The index that names one thing of the folder alone.</summary>
    /// <param name="folder">The layout.</param>
    /// <param name="tag">Its tag; null for <c>latest</c>, or the first where there is none of that name.</param>
    /// <param name="digest">Of its manifest; stands before the tag.</param>
    /// <exception cref="CommandException">It is not there.</exception>
    /// <exception cref="WharfException">The index is damaged.</exception>
    public static byte[] Choose(string folder, string? tag, string? digest)
    {
        ImageIndex index = Read(folder);
        Descriptor? chosen = digest is not null ? index.Manifests.FirstOrDefault(m => m.Digest.ToString() == digest)
            : index.Manifests.LastOrDefault(m => TagOf(m) == (tag ?? DefaultTag)) ?? (tag is null ? index.Manifests.FirstOrDefault() : null);
        return chosen is null ? throw new CommandException($"the layout {folder} has no {(digest is not null ? digest : tag is null ? "manifest" : "tag " + tag)}") : Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [chosen] });
    }

    /// <summary>Gives the cache that was just written its tag, beside those that were in the folder.</summary>
    /// <param name="folder">The layout, whose index names the new cache alone.</param>
    /// <param name="before">The index as it was; null for none.</param>
    /// <param name="tag">Of the new cache; null for <c>latest</c>.</param>
    public static void Tag(string folder, ImageIndex? before, string? tag)
    {
        string name = tag ?? DefaultTag;
        var made = Read(folder).Manifests.Select(m => m with { Annotations = new(m.Annotations ?? [], StringComparer.Ordinal) { [TagAnnotation] = name } }).ToList();
        var kept = (before?.Manifests ?? []).Where(m => TagOf(m) != name && made.All(n => n.Digest != m.Digest || TagOf(m) != TagOf(n)));
        File.WriteAllBytes(Path.Combine(folder, ImageLayout.IndexFileName), Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [.. kept, .. made] }));
    }

    /// <summary>The index of a folder that may be none yet.</summary>
    public static ImageIndex? TryRead(string folder) => File.Exists(Path.Combine(folder, ImageLayout.IndexFileName)) ? Read(folder) : null;

    /// <summary>The files of a layout as a tar, packed while it is read.</summary>
    /// <param name="folder">The layout.</param>
    /// <param name="index">What stands for its own index.</param>
    public static Stream Pack(string folder, byte[] index)
    {
        var pipe = new System.IO.Pipelines.Pipe();
        var packing = new Thread(() =>
        {
            Exception? failure = null;
            try
            {
                using Stream output = pipe.Writer.AsStream(leaveOpen: true);
                using var tar = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);
                foreach (string file in Directory.EnumerateFiles(Path.Combine(folder, "blobs"), "*", SearchOption.AllDirectories))
                {
                    using FileStream content = File.OpenRead(file);
                    tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, Path.GetRelativePath(folder, file)) { DataStream = content });
                }

                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, ImageLayout.FileName) { DataStream = new MemoryStream(OciImageJson.Write(new ImageLayout())) });
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, ImageLayout.IndexFileName) { DataStream = new MemoryStream(index) });
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
            {
                failure = e; // told to whoever reads the archive
            }

            pipe.Writer.Complete(failure);
        })
        { IsBackground = true, Name = "layout" };
        packing.Start();
        return pipe.Reader.AsStream();
    }

    private static ImageIndex Read(string folder) => OciImageJson.ReadIndex(File.ReadAllBytes(Path.Combine(folder, ImageLayout.IndexFileName)));

    private static byte[] Write(ImageIndex index) => OciImageJson.Write(index);

    private static string? TagOf(Descriptor manifest) => manifest.Annotations?.GetValueOrDefault(TagAnnotation);
}

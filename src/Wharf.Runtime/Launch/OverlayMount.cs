using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Runtime.Shims;

namespace Wharf.Runtime.Launch;

/// <summary>An overlay's options, as one string for mount(2) or one by one for fsconfig(2).</summary>
internal static class OverlayMount
{
    // fsconfig takes strings of up to 255 bytes
    private const int MaxConfigurationString = 255;

    public static string Data(RootfsMount overlay) =>
        $"lowerdir={Lower(overlay)},upperdir={Escape(overlay.Upper)},workdir={Escape(overlay.Work ?? "")}" + (overlay.Volatile ? ",volatile" : "");

    /// <summary>Layer by layer ("lowerdir+", kernel 6.8) where they do not fit into one string.</summary>
    public static IReadOnlyList<(string Key, string? Value)> Options(RootfsMount overlay)
    {
        var options = new List<(string, string?)>();
        string lower = Lower(overlay);
        if (lower.Length <= MaxConfigurationString)
        {
            options.Add(("lowerdir", lower));
        }
        else
        {
            foreach (string layer in overlay.Lower)
            {
                options.Add(("lowerdir+", layer));
            }
        }

        options.Add(("upperdir", overlay.Upper));
        options.Add(("workdir", overlay.Work));
        if (overlay.Volatile)
        {
            options.Add(("volatile", null));
        }

        return options;
    }

    /// <summary>The mount, detached, made with our own privileges.</summary>
    public static SafeFileHandle Create(RootfsMount overlay)
    {
        MountCalls.OpenFileSystem("overlay", out SafeFileHandle context).ThrowIfError("fsopen", "overlay");
        using (context)
        {
            foreach ((string key, string? value) in Options(overlay))
            {
                MountCalls.Configure(context, key, value).ThrowIfError("fsconfig overlay", key);
            }

            MountCalls.CreateMount(context, MountAttributes.None, out SafeFileHandle tree).ThrowIfError("fsmount", "overlay");
            return tree;
        }
    }

    private static string Lower(RootfsMount overlay) => string.Join(':', Array.ConvertAll([.. overlay.Lower], Escape));

    // overlay splits lowerdir at colons and the whole at commas
    private static string Escape(string path) =>
        path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal);
}

using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Runtime.Shims;

namespace Wharf.Runtime.Launch;

/// <summary>An overlay's options, as one string for mount(2) or one by one for fsconfig(2).</summary>
internal static class OverlayMount
{
    // fsconfig takes strings of up to 255 bytes
    private const int MaxConfigurationString = 255;

    // A host may have switched these on for its own overlays; layers that are compared, copied and pushed as plain trees must not hold redirections,
    // empty files with a pointer to their content, or handles of another machine's inodes. Named only where the kernel knows them.
    private static readonly Lazy<string> KernelDefaults = new(FindKernelDefaults);

    public static string Data(RootfsMount overlay) =>
        $"lowerdir={Lower(overlay)},upperdir={Escape(overlay.Upper)},workdir={Escape(overlay.Work ?? "")}{KernelDefaults.Value}" + (overlay.Volatile ? ",volatile" : "");

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
        foreach (string option in KernelDefaults.Value.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            options.Add((option[..equals], option[(equals + 1)..]));
        }

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

    private static string FindKernelDefaults()
    {
        var options = new System.Text.StringBuilder();
        foreach (string name in (ReadOnlySpan<string>)["redirect_dir", "metacopy", "index"])
        {
            if (File.Exists("/sys/module/overlay/parameters/" + name))
            {
                options.Append($",{name}=off");
            }
        }

        return options.ToString();
    }

    private static string Lower(RootfsMount overlay) => string.Join(':', Array.ConvertAll([.. overlay.Lower], Escape));

    // overlay splits lowerdir at colons and the whole at commas
    private static string Escape(string path) =>
        path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal);
}

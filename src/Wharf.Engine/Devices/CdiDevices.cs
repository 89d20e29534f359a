using System.Text.Json;
using Wharf.Api.Containers;
using Wharf.Primitives;

namespace Wharf.Engine.Devices;

/// <summary>
/// Finds devices by their qualified names (<c>vendor.com/class=name</c>) in the JSON and YAML files of the CDI folders. Read anew at each use: drivers
/// write these files whenever they like. Of two folders the later one wins; two files of one folder that describe the
/// same device describe none, as the CDI specification has it.
/// </summary>
internal static class CdiDevices
{
    /// <summary>The driver under which clients ask for devices of this kind.</summary>
    public const string Driver = "cdi";

    private const string Yaml = ".yaml";

    /// <summary>All that a container's requests add to it.</summary>
    /// <exception cref="WharfException">InvalidArgument: a driver that is not there, a device that no file describes, a file that makes no sense.</exception>
    public static CdiEdits Resolve(IReadOnlyList<DeviceRequest>? requests, IReadOnlyList<string> folders)
    {
        CdiEdits edits = CdiEdits.None;
        var common = new HashSet<string>(StringComparer.Ordinal);
        foreach (DeviceRequest request in requests ?? [])
        {
            if (request.Driver != Driver)
            {
                throw WharfException.Invalid($"could not select device driver \"{request.Driver}\" with capabilities: {Show(request.Capabilities)}");
            }

            foreach (string name in request.DeviceIDs ?? [])
            {
                edits = edits.With(Find(name, folders, common));
            }
        }

        return edits;
    }

    /// <summary>Whether a file describes a device of this name. A file that makes no sense is left to <see cref="Resolve"/>, which says so.</summary>
    public static bool Has(string name, IReadOnlyList<string> folders)
    {
        try
        {
            Find(name, folders, []);
            return true;
        }
        catch (WharfException e) when (e.Kind == ErrorKind.InvalidArgument)
        {
            return false;
        }
    }

    /// <summary>The names of all devices that are described, by folder and file. A file that makes no sense describes none.</summary>
    public static IEnumerable<string> Names(IReadOnlyList<string> folders)
    {
        var names = new List<string>();
        foreach (string file in folders.SelectMany(Files))
        {
            try
            {
                using JsonDocument document = Read(file);
                names.AddRange(CdiFile.Names(document.RootElement));
            }
            catch (WharfException e) when (e.Kind == ErrorKind.InvalidArgument)
            {
                continue; // whoever asks for one of its devices is told
            }
        }

        return names.Distinct(StringComparer.Ordinal);
    }

    private static CdiEdits Find(string name, IReadOnlyList<string> folders, HashSet<string> common)
    {
        int equals = name.IndexOf('=');
        string kind = equals < 0 ? name : name[..equals], device = equals < 0 ? "" : name[(equals + 1)..];
        for (int i = folders.Count - 1; i >= 0; i--)
        {
            string? holder = null;
            CdiEdits own = CdiEdits.None, shared = CdiEdits.None;
            foreach (string file in Files(folders[i]))
            {
                using JsonDocument document = Read(file);
                JsonElement root = document.RootElement;
                if (CdiFile.Text(root, "kind") != kind || CdiFile.Device(root, device) is not { } found)
                {
                    continue;
                }

                if (holder is not null)
                {
                    throw WharfException.Invalid($"CDI device injection failed: unresolvable CDI devices {name}: conflicting device in \"{holder}\", \"{file}\"");
                }

                (holder, own, shared) = (file, CdiFile.Edits(found, file), CdiFile.Edits(root, file));
            }

            if (holder is not null)
            {
                // what a file adds for all its devices, a container gets once
                return common.Add(holder) ? shared.With(own) : own;
            }
        }

        throw WharfException.Invalid($"CDI device injection failed: unresolvable CDI devices {name}");
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Where(f => Path.GetExtension(f) is ".json" or Yaml).Order(StringComparer.Ordinal) : [];

    private static JsonDocument Read(string file)
    {
        try
        {
            if (Path.GetExtension(file) != Yaml)
            {
                return JsonDocument.Parse(File.ReadAllBytes(file));
            }

            using var text = new StreamReader(file);
            return JsonDocument.Parse(CdiYaml.ToJson(text));
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or WharfException)
        {
            throw WharfException.Invalid($"CDI device injection failed: failed to read CDI Spec \"{file}\": {e.Message}");
        }
    }

    private static string Show(List<List<string>>? capabilities) => $"[{string.Join(' ', (capabilities ?? []).Select(c => $"[{string.Join(' ', c)}]"))}]";
}

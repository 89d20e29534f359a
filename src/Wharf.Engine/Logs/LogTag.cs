using Wharf.Engine.Containers;
using Wharf.Primitives;
using Wharf.Templates;
using Wharf.Templates.Values;

namespace Wharf.Engine.Logs;

/// <summary>The <c>tag</c> log option: a Go template over what a container is called.</summary>
internal static class LogTag
{
    private const string TemplateName = "log-tag";
    private const string TypeName = "*logger.Info";

    /// <exception cref="WharfException">InvalidArgument: the template cannot be parsed.</exception>
    public static void Check(string tag)
    {
        try
        {
            _ = Template.Parse(tag, TemplateName);
        }
        catch (TemplateException e)
        {
            throw WharfException.Invalid(e.Message);
        }
    }

    /// <exception cref="WharfException">InvalidArgument: the template names what is not there.</exception>
    public static string Of(string tag, ContainerRecord record)
    {
        try
        {
            return Template.Parse(tag, TemplateName).Execute(Facts(record));
        }
        catch (TemplateException e)
        {
            throw WharfException.Invalid(e.Message);
        }
    }

    private static TemplateStruct Facts(ContainerRecord record)
    {
        string image = record.Definition.ImageId;
        List<string> words = [.. record.Config.Entrypoint ?? [], .. record.Config.Cmd ?? []];
        return new TemplateStruct(TypeName,
        [
            new("ID", ObjectId.Shorten(record.Id)),
            new("FullID", record.Id),
            new("Name", record.Definition.Name),
            new("ImageID", image.Length > "sha256:".Length + 12 ? image.Substring("sha256:".Length, 12) : image),
            new("ImageFullID", image),
            new("ImageName", record.Config.Image ?? ""),
            new("Command", string.Join(' ', words)),
            new("Hostname", Environment.MachineName),
            new("DaemonName", "docker"),
            new("ContainerID", record.Id),
            new("ContainerName", "/" + record.Definition.Name),
            new("ContainerEntrypoint", words.Count > 0 ? words[0] : ""),
            new("ContainerImageID", image),
            new("ContainerImageName", record.Config.Image ?? ""),
            new("ContainerLabels", TemplateMap.OfStrings(record.Config.Labels ?? [])),
            new("LogPath", record.Definition.LogPath),
        ]);
    }
}

using Wharf.Primitives;

namespace Wharf.Engine.Containers;

/// <summary>Docker's sentences about containers.</summary>
internal static class ContainerErrors
{
    public static WharfException NoSuchContainer(string nameOrId) => WharfException.NotFound($"No such container: {nameOrId}");

    public static WharfException AmbiguousPrefix(string prefix) => WharfException.Invalid($"multiple IDs found with provided prefix: {prefix}");

    public static WharfException NameInUse(string name, string id) => WharfException.Conflict(
        $"Conflict. The container name \"/{name}\" is already in use by container \"{id}\". You have to remove (or rename) that container to be able to reuse that name.");

    public static WharfException InvalidName(string name) =>
        WharfException.Invalid($"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");

    public static WharfException NotRunning(string id) => WharfException.Conflict($"container {id} is not running");

    public static WharfException Restarting(string id) => WharfException.Conflict($"Container {id} is restarting, wait until the container is running");

    public static WharfException AlreadyPaused(string id) => WharfException.Conflict($"Container {id} is already paused");

    public static WharfException NotPaused(string id) => WharfException.Internal($"Container {id} is not paused");

    public static WharfException PausedForExec(string id) => WharfException.Conflict($"Container {id} is paused, unpause the container before exec");

    public static WharfException CannotJoin(string id) => WharfException.Conflict($"cannot join namespace of a non running container: container {id} is not running");

    public static WharfException AlreadyStarted() => WharfException.NotModified("container is already running");

    public static WharfException AlreadyStopped() => WharfException.NotModified("container is already stopped");

    public static WharfException RemovalInProgress(string id) => WharfException.Conflict($"removal of container {id} is already in progress");

    public static WharfException Prefixed(string prefix, Exception cause) =>
        new(cause is WharfException e ? e.Kind : ErrorKind.Internal, $"{prefix}: {cause.Message}", cause);
}

namespace Wharf.Images.HelloWorld;

/// <summary>What the embedded image says.</summary>
internal static class GreetingText
{
    public const string Text =
        """

        Hello from Wharf!
        Your engine works: what you read was printed by a program in a container.
        (What other engines print as "Hello from Docker!")

        How this came to your terminal:
         1. The client asked the daemon for a container of the image "hello-world".
         2. The daemon found the image: in its store, at a registry, or, with no registry
            in reach, inside itself.
         3. A shim made the container's namespaces and started the image's only program,
            a few dozen machine instructions.
         4. The program wrote this text; the shim passed it on to your client.

        Something bigger to try:
         $ wharf run -it --rm debian bash


        """;
}

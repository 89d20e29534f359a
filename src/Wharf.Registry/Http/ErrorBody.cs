using System.Text;
using System.Text.Json.Nodes;

namespace Wharf.Registry.Http;

/// <summary>The body of an answer that is no success: OCI distribution specification, "Error Codes".</summary>
internal static class ErrorBody
{
    public static byte[] Of(RegistryFault fault)
    {
        var error = new JsonObject { ["code"] = fault.Code, ["message"] = fault.Message };
        if (fault.Detail is not null)
        {
            error["detail"] = fault.Detail.DeepClone();
        }

        return Encoding.UTF8.GetBytes(new JsonObject { ["errors"] = new JsonArray(error) }.ToJsonString() + "\n");
    }
}

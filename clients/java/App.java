import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** The client of the JDK as it is by default: it offers HTTP/2 with every request. */
public class App {
  public static void main(String[] args) throws Exception {
    var client = HttpClient.newHttpClient();
    var request = HttpRequest.newBuilder(URI.create(System.getenv("GRAPH")))
        .header("content-type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString("{\"query\":\"{__typename}\"}"))
        .build();
    for (var round : new String[] {"first", "second"}) {
      var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      var isGood = answer.statusCode() == 200 && answer.body().equals("{\"data\":{\"__typename\":\"Query\"}}");
      System.out.println((isGood ? "ok " : "FAIL ") + round + " request" + (isGood ? "" : ": " + answer.statusCode() + answer.body()));
    }
  }
}

// What a program does through JDBC: tables, batches, parameters in text and in binary, metadata, errors.
// Prints what it saw; compare.py holds that against the same tour on PostgreSQL 15.
//
//   java -cp /usr/share/java/postgresql.jar JdbcTour.java PORT
import java.math.BigDecimal;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.UUID;

public final class JdbcTour {
  public static void main(String[] arguments) throws Exception {
    // prepareThreshold: -1 binary from the first execution, 5 text first and named after, 0 never named.
    for (String options : new String[] {"prepareThreshold=5", "prepareThreshold=-1", "prepareThreshold=0",
                                        "preferQueryMode=simple", "preferQueryMode=extendedForPrepared"}) {
      System.out.println("== " + options);
      String url = "jdbc:postgresql://127.0.0.1:" + arguments[0] + "/postgres?user=postgres&" + options;
      try (Connection connection = DriverManager.getConnection(url)) {
        createAndBatch(connection);
        queryWithParameters(connection);
        everyType(connection, options.endsWith("simple"));
        transactions(connection);
        cursor(connection);
        errors(connection);
        metadata(connection);
      }
    }
  }

  static void print(String title, ResultSet rows) throws SQLException {
    ResultSetMetaData columns = rows.getMetaData();
    StringBuilder head = new StringBuilder(title + ":");
    for (int i = 1; i <= columns.getColumnCount(); ++i) {
      head.append(' ').append(columns.getColumnLabel(i)).append('/').append(columns.getColumnTypeName(i))
          .append('(').append(columns.getPrecision(i)).append(',').append(columns.getScale(i)).append(')');
    }
    System.out.println(head);
    while (rows.next()) {
      StringBuilder line = new StringBuilder("  ");
      for (int i = 1; i <= columns.getColumnCount(); ++i) line.append(text(rows, i, columns)).append(" | ");
      System.out.println(line);
    }
    rows.close();
  }

  // bytes as numbers; what depends on how a server stores an index is left out
  static String text(ResultSet rows, int column, ResultSetMetaData columns) throws SQLException {
    if (columns.getColumnTypeName(column).equals("bytea")) {
      return java.util.Arrays.toString(rows.getBytes(column));
    }
    String label = columns.getColumnLabel(column);
    return label.equals("PAGES") || label.equals("CARDINALITY") ? "-" : rows.getString(column);
  }

  static void createAndBatch(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS tour");
      statement.execute("CREATE TABLE tour (id serial PRIMARY KEY, name varchar(40) NOT NULL, score numeric(8,2))");
      statement.addBatch("INSERT INTO tour (name, score) VALUES ('plain', 1.5)");
      statement.addBatch("UPDATE tour SET score = score + 1");
      System.out.println("plain batch " + java.util.Arrays.toString(statement.executeBatch()));
    }
    connection.setAutoCommit(false);
    try (PreparedStatement insert =
             connection.prepareStatement("INSERT INTO tour (name, score) VALUES (?, ?)")) {
      for (int i = 0; i < 200; ++i) {
        insert.setString(1, "batch " + i);
        if (i % 7 == 0) insert.setNull(2, Types.NUMERIC); else insert.setBigDecimal(2, new BigDecimal(i + ".25"));
        insert.addBatch();
      }
      int rows = 0;
      for (int count : insert.executeBatch()) rows += count;
      System.out.println("prepared batch " + rows);
    }
    connection.commit();
    connection.setAutoCommit(true);
    try (PreparedStatement insert = connection.prepareStatement(
             "INSERT INTO tour (name) VALUES (?)", Statement.RETURN_GENERATED_KEYS)) {
      insert.setString(1, "with key");
      insert.executeUpdate();
      ResultSet keys = insert.getGeneratedKeys();
      keys.next();
      System.out.println("generated " + keys.getInt("id"));
    }
  }

  static void queryWithParameters(Connection connection) throws SQLException {
    try (PreparedStatement query =
             connection.prepareStatement("SELECT id, name, score FROM tour WHERE id BETWEEN ? AND ? ORDER BY id")) {
      for (int round = 0; round < 8; ++round) {
        query.setInt(1, round * 10);
        query.setLong(2, round * 10L + 1);
        print("round " + round, query.executeQuery());
      }
    }
    try (PreparedStatement query = connection.prepareStatement(
             "SELECT count(*), sum(score), min(name) FROM tour WHERE name LIKE ? AND score > ?")) {
      query.setString(1, "batch 1%");
      query.setDouble(2, 11.5);
      print("aggregate", query.executeQuery());
    }
  }

  // The driver's simple mode writes bytes as a literal the server cannot read (42.5): there they go as hex.
  static void everyType(Connection connection, boolean bytesAsHex) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS kinds");
      statement.execute("CREATE TABLE kinds (a int2, b int4, c int8, d float4, e float8, f numeric, g bool, h text,"
          + " i bytea, j date, k timestamp, l uuid, m char(5))");
    }
    try (PreparedStatement insert =
             connection.prepareStatement("INSERT INTO kinds VALUES (?,?,?,?,?,?,?,?,"
                 + (bytesAsHex ? "decode(?, 'hex')" : "?") + ",?,?,?,?)")) {
      for (int i = 0; i < 7; ++i) {
        insert.setShort(1, (short) (-i));
        insert.setInt(2, Integer.MAX_VALUE - i);
        insert.setLong(3, Long.MIN_VALUE + i);
        insert.setFloat(4, 1.5f * i);
        insert.setDouble(5, i / 3.0);
        insert.setBigDecimal(6, new BigDecimal("12345678901234567890.123456789").multiply(new BigDecimal(i)));
        insert.setBoolean(7, i % 2 == 0);
        insert.setString(8, "g\u00fcn \u6f22\u5b57 \ud83d\ude00 " + i);
        if (bytesAsHex) insert.setString(9, "00ff0" + i); else insert.setBytes(9, new byte[] {0, (byte) 255, (byte) i});
        insert.setDate(10, Date.valueOf("2024-02-2" + i));
        insert.setTimestamp(11, Timestamp.valueOf("2001-09-09 01:46:40.12345" + i));
        insert.setObject(12, new UUID(i, i * 7919L));
        insert.setString(13, "c" + i);
        insert.executeUpdate();
      }
    }
    try (PreparedStatement query = connection.prepareStatement("SELECT * FROM kinds WHERE a <= ? ORDER BY a DESC")) {
      query.setShort(1, (short) 0);
      for (int round = 0; round < 6; ++round) {
        ResultSet rows = query.executeQuery();
        if (round % 5 == 0) print("kinds " + round, rows);
      }
      ResultSet rows = query.executeQuery();
      rows.next();
      System.out.println("objects " + rows.getObject(3).getClass() + rows.getObject(6).getClass()
          + rows.getObject(12).getClass() + rows.getBytes(9).length + rows.getDate(10) + rows.getTimestamp(11));
    }
  }

  static void transactions(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    try (Statement statement = connection.createStatement()) {
      System.out.println("deleted " + statement.executeUpdate("DELETE FROM tour WHERE id > 100"));
      Savepoint savepoint = connection.setSavepoint("before");
      System.out.println("deleted " + statement.executeUpdate("DELETE FROM tour"));
      connection.rollback(savepoint);
      print("after savepoint", statement.executeQuery("SELECT count(*) FROM tour"));
      connection.rollback();
      print("after rollback", statement.executeQuery("SELECT count(*) FROM tour"));
      connection.commit();
    }
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    connection.setAutoCommit(true);
  }

  static void cursor(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    try (PreparedStatement query = connection.prepareStatement("SELECT id FROM tour ORDER BY id")) {
      query.setFetchSize(30);
      ResultSet rows = query.executeQuery();
      int count = 0;
      long sum = 0;
      for (; rows.next(); ++count) sum += rows.getInt(1);
      System.out.println("cursor " + count + " " + sum);
      query.setMaxRows(5);
      print("max rows", query.executeQuery());
    }
    connection.commit();
    connection.setAutoCommit(true);
  }

  static void errors(Connection connection) {
    for (String sql : new String[] {"SELECT nothing", "INSERT INTO tour (id, name) VALUES (1, 'again')",
                                    "INSERT INTO tour (name) VALUES (NULL)", "SELECT 1/0", "SELEC 1"}) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(sql);
        System.out.println("no error: " + sql);
      } catch (SQLException error) {
        System.out.println(error.getSQLState() + " " + error.getMessage().replace('\n', '|'));
      }
    }
    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO tour (id, name) VALUES (?, 'b')")) {
      for (int id : new int[] {100001, 1, 100002}) {
        insert.setInt(1, id);
        insert.addBatch();
      }
      insert.executeBatch();
      System.out.println("no error in the batch");
    } catch (BatchUpdateException error) {
      System.out.println("batch " + error.getSQLState() + " " + error.getUpdateCounts().length);
    } catch (SQLException error) {
      System.out.println("batch " + error);
    }
    try (Statement statement = connection.createStatement()) {
      print("after errors", statement.executeQuery("SELECT count(*) FROM tour"));
    } catch (SQLException error) {
      System.out.println(error.getMessage());
    }
  }

  static void metadata(Connection connection) throws SQLException {
    DatabaseMetaData metadata = connection.getMetaData();
    System.out.println(metadata.getDatabaseProductName() + " " + metadata.getDatabaseMajorVersion() + " "
        + metadata.getMaxConnections() + " " + metadata.getMaxColumnNameLength() + " " + metadata.getUserName());
    print("schemas", metadata.getSchemas());
    print("tables", metadata.getTables(null, "public", "%", new String[] {"TABLE", "VIEW"}));
    print("columns", metadata.getColumns(null, "public", "tour", "%"));
    print("primary keys", metadata.getPrimaryKeys(null, "public", "tour"));
    print("indexes", metadata.getIndexInfo(null, "public", "tour", false, true));
    print("table types", metadata.getTableTypes());
    print("imported", metadata.getImportedKeys(null, "public", "tour"));
    print("catalogs", metadata.getCatalogs());
    print("procedures", metadata.getFunctions(null, "public", "%"));
    ResultSet types = metadata.getTypeInfo();
    int count = 0;
    while (types.next()) ++count;
    System.out.println("types known: " + (count > 50));
    print("best row", metadata.getBestRowIdentifier(null, "public", "tour", DatabaseMetaData.bestRowSession, true));
    print("privileges", metadata.getTablePrivileges(null, "public", "tour"));
  }
}
